"""Queries about practical needs that people stated for an offering, encrypted."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.erasure import mark_erasing
from storage.statements import Upsert, fetch_one
from storage.tables import AccessNeed
from storage.transaction import Tx

_set = Upsert(
    AccessNeed,
    ("offering_id", "person_id", "sealed", "told_at"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "person_id"],
        set_={"sealed": insert.excluded.sealed, "told_at": insert.excluded.told_at},
    ),
)
_get = select(AccessNeed.c.sealed).where(
    AccessNeed.c.offering_id == bindparam("offering_id"), AccessNeed.c.person_id == bindparam("person_id")
)


def set_needs(tx: Tx, offering_id: int, person_id: str, sealed: bytes, now: datetime) -> None:
    _set.run(tx, offering_id=offering_id, person_id=person_id, sealed=sealed, told_at=now)


def get_needs(tx: Tx, offering_id: int, person_id: str) -> bytes | None:
    return fetch_one(tx, _get, bytes, offering_id=offering_id, person_id=person_id)


def list_needs_in(tx: Tx, offering_id: int) -> Sequence[tuple[str, bytes]]:
    """By person, the needs stated for this offering."""
    rows = tx.execute(
        select(AccessNeed.c.person_id, AccessNeed.c.sealed)
        .where(AccessNeed.c.offering_id == offering_id)
        .order_by(AccessNeed.c.person_id)
    )
    return [(person_id, sealed) for person_id, sealed in rows]


def list_needs_of(tx: Tx, person_id: str) -> Sequence[tuple[int, bytes, datetime]]:
    """A person's needs, by offering."""
    rows = tx.execute(
        select(AccessNeed.c.offering_id, AccessNeed.c.sealed, AccessNeed.c.told_at)
        .where(AccessNeed.c.person_id == person_id)
        .order_by(AccessNeed.c.offering_id)
    )
    return [(offering_id, sealed, told_at) for offering_id, sealed, told_at in rows]


def list_offerings_with_needs(tx: Tx) -> Sequence[int]:
    return tx.scalars(select(AccessNeed.c.offering_id).distinct().order_by(AccessNeed.c.offering_id)).all()


def delete_needs(tx: Tx, offering_id: int, person_ids: Collection[str] | None = None) -> None:
    """Delete the needs of these people, or of all, for an offering, without leaving a trace."""
    which = AccessNeed.c.offering_id == offering_id
    if person_ids is not None:
        which &= AccessNeed.c.person_id.in_(person_ids)
    if tx.execute(delete(AccessNeed).where(which).returning(AccessNeed.c.person_id)).first() is not None:
        mark_erasing(tx)
