"""Queries about who wants to be told when sign-up to an offering opens."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.statements import execute, or_keep
from storage.tables import OpeningWish, Person
from storage.transaction import Tx

_add = or_keep(OpeningWish, ("offering_id", "person_id", "wished_at"))
_list_by = select(OpeningWish.c.offering_id).where(OpeningWish.c.person_id == bindparam("person_id"))


def add_wish(tx: Tx, offering_id: int, person_id: str, now: datetime) -> None:
    """Store the wish. Idempotent."""
    _add.run(tx, offering_id=offering_id, person_id=person_id, wished_at=now)


def delete_wish(tx: Tx, offering_id: int, person_id: str) -> None:
    tx.execute(
        delete(OpeningWish).where(
            OpeningWish.c.offering_id == offering_id, OpeningWish.c.person_id == person_id
        )
    )


def list_wished_by(tx: Tx, person_id: str) -> set[int]:
    """The ids of the offerings whose opening this person wants to be told of."""
    return set(execute(tx, _list_by, person_id=person_id).scalars().all())


def list_wishers(tx: Tx, offering_ids: Collection[int]) -> Sequence[tuple[int, str, str | None]]:
    """Offering, person and the person's zone of every wish about these offerings."""
    rows = tx.execute(
        select(OpeningWish.c.offering_id, OpeningWish.c.person_id, Person.c.timezone)
        .join(Person, Person.c.id == OpeningWish.c.person_id)
        .where(OpeningWish.c.offering_id.in_(offering_ids))
        .order_by(OpeningWish.c.offering_id, OpeningWish.c.person_id)
    )
    return [(offering_id, person_id, timezone) for offering_id, person_id, timezone in rows]
