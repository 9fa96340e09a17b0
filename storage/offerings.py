"""Queries about offerings and their sessions."""

from collections.abc import Collection, Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from storage.tables import Enrolment, Offering, OfferingSession, Programme, Strand

HELD = ("seated", "offered")
STANDING = ("seated", "waiting", "offered")

OfferingRow = Row[Offering, Strand, Programme]

_whole = (
    select(Offering, Strand, Programme)
    .join(Strand, Strand.id == Offering.strand_id)
    .join(Programme, Programme.id == Strand.programme_id)
    .order_by(Programme.id, Strand.number, Offering.position)
)


def get_offering(tx: Session, code: str) -> OfferingRow | None:
    return tx.execute(_whole.where(Offering.code == code)).one_or_none()


def get_offering_by_id(tx: Session, offering_id: int) -> OfferingRow | None:
    return tx.execute(_whole.where(Offering.id == offering_id)).one_or_none()


def lock_offering(tx: Session, code: str) -> OfferingRow | None:
    """The offering, locked until the commit: whoever takes or frees one of its seats holds this.

    On SQLite the transaction's own write lock does it (BEGIN IMMEDIATE).
    """
    return tx.execute(
        _whole.where(Offering.code == code).with_for_update(of=Offering, key_share=True)
    ).one_or_none()


def lock_offering_by_id(tx: Session, offering_id: int) -> OfferingRow | None:
    return tx.execute(
        _whole.where(Offering.id == offering_id).with_for_update(of=Offering, key_share=True)
    ).one_or_none()


def list_offerings(tx: Session, ids: Collection[int] | None = None) -> Sequence[OfferingRow]:
    """All offerings (or those with ``ids``) by programme, strand and place in the plan."""
    return tx.execute(_whole if ids is None else _whole.where(Offering.id.in_(ids))).all()


def list_codes(tx: Session) -> list[str]:
    return list(tx.scalars(select(Offering.code).order_by(Offering.id)))


def list_sessions(tx: Session, offering_ids: Collection[int]) -> dict[int, list[OfferingSession]]:
    """The sessions of these offerings, by offering id, in order of number."""
    found: dict[int, list[OfferingSession]] = {offering_id: [] for offering_id in offering_ids}
    for row in tx.scalars(
        select(OfferingSession)
        .where(OfferingSession.offering_id.in_(offering_ids))
        .order_by(OfferingSession.offering_id, OfferingSession.number)
    ):
        found[row.offering_id].append(row)
    return found


def count_held_and_waiting(tx: Session) -> dict[int, tuple[int, int]]:
    """Seats held and people waiting, by offering id, for offerings that have any."""
    counts: dict[int, tuple[int, int]] = {}
    for offering_id, status, number in tx.execute(
        select(Enrolment.offering_id, Enrolment.status, func.count())
        .where(Enrolment.status.in_(STANDING))
        .group_by(Enrolment.offering_id, Enrolment.status)
    ):
        held, waiting = counts.get(offering_id, (0, 0))
        counts[offering_id] = (held + number, waiting) if status in HELD else (held, waiting + number)
    return counts
