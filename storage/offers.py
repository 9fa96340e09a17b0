"""Queries about offers of seats."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import JSON, bindparam, func, insert, select, update

from storage.statements import execute, fetch, fetch_one
from storage.tables import Offering, SeatOffer
from storage.transaction import Tx


class OfferRow(NamedTuple):
    """See ``storage.tables.SeatOffer``."""

    id: int
    offering_id: int
    enrolment_id: int
    person_id: str
    seat: int
    told_at: datetime
    until: datetime
    outcome: str | None
    ended_at: datetime | None


_rows = select(*SeatOffer.c[OfferRow._fields])
_stands = SeatOffer.c.outcome.is_(None)
_get = _rows.where(SeatOffer.c.id == bindparam("offer_id"))
_get_standing = _rows.where(SeatOffer.c.enrolment_id == bindparam("enrolment_id"), _stands)
_list_of = _rows.where(SeatOffer.c.enrolment_id.in_(bindparam("ids", expanding=True))).order_by(
    SeatOffer.c.id
)
_list_standing = _rows.where(SeatOffer.c.offering_id == bindparam("offering_id"), _stands).order_by(
    SeatOffer.c.id
)
_get_seats = select(Offering.c.seats_free, Offering.c.seats_opened).where(
    Offering.c.id == bindparam("offering_id")
)
_set_seats = (
    update(Offering)
    .where(Offering.c.id == bindparam("offering_id"))
    .values(seats_free=bindparam("free", type_=JSON), seats_opened=bindparam("opened"))
)
_count_lapsed = select(func.count()).where(
    SeatOffer.c.enrolment_id == bindparam("enrolment_id"), SeatOffer.c.outcome == "lapsed"
)
_add = insert(SeatOffer).returning(SeatOffer.c.id)
_end = (
    update(SeatOffer)
    .where(SeatOffer.c.id == bindparam("offer_id"), _stands)
    .values(outcome=bindparam("new_outcome"), ended_at=bindparam("now"))
)
_extend = (
    update(SeatOffer)
    .where(SeatOffer.c.id == bindparam("offer_id"), _stands, SeatOffer.c.until < bindparam("later"))
    .values(until=bindparam("later"))
)


def get_offer(tx: Tx, offer_id: int) -> OfferRow | None:
    return fetch_one(tx, _get, OfferRow, offer_id=offer_id)


def get_standing_offer(tx: Tx, enrolment_id: int) -> OfferRow | None:
    """The enrolment's current offer."""
    return fetch_one(tx, _get_standing, OfferRow, enrolment_id=enrolment_id)


def list_offers_of(tx: Tx, enrolment_ids: Collection[int]) -> Sequence[OfferRow]:
    """Every offer that these enrolments have had, oldest first."""
    return fetch(tx, _list_of, OfferRow, ids=list(enrolment_ids))


def list_standing_offers(tx: Tx, offering_id: int) -> Sequence[OfferRow]:
    """The offers of an offering that wait for an answer."""
    return fetch(tx, _list_standing, OfferRow, offering_id=offering_id)


def get_seats(tx: Tx, offering_id: int) -> tuple[list[int], int]:
    """The numbers of the seats that were free at the last passing on, and the highest number so far."""
    free, opened = execute(tx, _get_seats, offering_id=offering_id).one()
    return list(free), opened


def set_seats(tx: Tx, offering_id: int, free: Sequence[int], opened: int) -> None:
    """Store the free seats and the highest number. The caller holds the offering's lock."""
    execute(tx, _set_seats, offering_id=offering_id, free=list(free), opened=opened)


def count_lapsed(tx: Tx, enrolment_id: int) -> int:
    """How many offers this person was told of and let lapse."""
    return int(execute(tx, _count_lapsed, enrolment_id=enrolment_id).scalar_one())


def add_offer(
    tx: Tx,
    *,
    offering_id: int,
    enrolment_id: int,
    person_id: str,
    seat: int,
    told_at: datetime,
    until: datetime,
    now: datetime,
) -> OfferRow:
    """Add an offer of the seat with this number."""
    row = OfferRow(0, offering_id, enrolment_id, person_id, seat, told_at, until, None, None)
    values = row._asdict() | {"made_at": now}
    del values["id"]
    return row._replace(id=execute(tx, _add, **values).scalar_one())


def end_offer(tx: Tx, offer_id: int, outcome: str, now: datetime) -> None:
    """Store how a standing offer ended."""
    execute(tx, _end, offer_id=offer_id, new_outcome=outcome, now=now)


def extend(tx: Tx, offer_id: int, until: datetime) -> None:
    """Extend a standing offer until then, if that is later. The caller holds the offering's lock."""
    execute(tx, _extend, offer_id=offer_id, later=until)
