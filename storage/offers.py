"""Queries about seats that are offered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import aliased

from storage.statements import execute, fetch, fetch_one
from storage.tables import SeatOffer
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


_rows = select(*(getattr(SeatOffer, name) for name in OfferRow._fields))
_stands = SeatOffer.outcome.is_(None)
_get = _rows.where(SeatOffer.id == bindparam("offer_id"))
_get_standing = _rows.where(SeatOffer.enrolment_id == bindparam("enrolment_id"), _stands)
_list_of = _rows.where(SeatOffer.enrolment_id == bindparam("enrolment_id")).order_by(SeatOffer.id)
_list_standing = _rows.where(SeatOffer.offering_id == bindparam("offering_id"), _stands).order_by(
    SeatOffer.id
)
_earlier = aliased(SeatOffer)
_list_let_go = (
    select(SeatOffer.seat, _earlier.enrolment_id)
    .join_from(SeatOffer, _earlier, _earlier.seat == SeatOffer.seat)
    .where(SeatOffer.offering_id == bindparam("offering_id"), SeatOffer.is_free)
)
_take = (
    update(SeatOffer)
    .where(SeatOffer.seat.in_(bindparam("seats", expanding=True)), SeatOffer.is_free)
    .values(is_free=False)
)
_count_lapsed = select(func.count()).where(
    SeatOffer.enrolment_id == bindparam("enrolment_id"), SeatOffer.outcome == "lapsed"
)
_end = (
    update(SeatOffer)
    .where(SeatOffer.id == bindparam("offer_id"), _stands)
    .values(outcome=bindparam("new_outcome"), ended_at=bindparam("now"), is_free=bindparam("free"))
)
_extend = (
    update(SeatOffer)
    .where(SeatOffer.id == bindparam("offer_id"), _stands, SeatOffer.until < bindparam("later"))
    .values(until=bindparam("later"))
)


def get_offer(tx: Tx, offer_id: int) -> OfferRow | None:
    return fetch_one(tx, _get, OfferRow, offer_id=offer_id)


def get_standing_offer(tx: Tx, enrolment_id: int) -> OfferRow | None:
    """The offer that this enrolment has now."""
    return fetch_one(tx, _get_standing, OfferRow, enrolment_id=enrolment_id)


def list_offers_of(tx: Tx, enrolment_id: int) -> Sequence[OfferRow]:
    """Every offer that this enrolment has had, the first first."""
    return fetch(tx, _list_of, OfferRow, enrolment_id=enrolment_id)


def list_standing_offers(tx: Tx, offering_id: int) -> Sequence[OfferRow]:
    """The offers of an offering that wait for an answer."""
    return fetch(tx, _list_standing, OfferRow, offering_id=offering_id)


def list_let_go(tx: Tx, offering_id: int) -> Mapping[int, frozenset[int]]:
    """Free seats that have been offered before, by the seat, with the enrolments that let them go."""
    found: dict[int, frozenset[int]] = {}
    for seat, enrolment_id in execute(tx, _list_let_go, offering_id=offering_id):
        found[seat] = found.get(seat, frozenset()) | {enrolment_id}
    return found


def take_seats(tx: Tx, seats: Sequence[int]) -> None:
    """These seats are free no more."""
    if seats:
        execute(tx, _take, seats=list(seats))


def count_lapsed(tx: Tx, enrolment_id: int) -> int:
    """How many offers this person has let lapse of which they had been told."""
    return int(execute(tx, _count_lapsed, enrolment_id=enrolment_id).scalar_one())


def add_offer(
    tx: Tx,
    *,
    offering_id: int,
    enrolment_id: int,
    person_id: str,
    seat: int | None,
    told_at: datetime,
    until: datetime,
    now: datetime,
) -> int:
    """Add an offer of this seat (None: one that was never offered before); return its id."""
    row = SeatOffer(
        offering_id=offering_id,
        enrolment_id=enrolment_id,
        person_id=person_id,
        seat=seat or 0,
        made_at=now,
        told_at=told_at,
        until=until,
    )
    tx.add(row)
    tx.flush()
    if seat is None:
        row.seat = row.id
        tx.flush()
    return row.id


def end_offer(tx: Tx, offer_id: int, outcome: str, now: datetime, *, is_free: bool) -> bool:
    """Store how the offer ended, once; ``is_free``: its seat is free again. False if it had ended before."""
    done = execute(tx, _end, offer_id=offer_id, new_outcome=outcome, now=now, free=is_free)
    return done.rowcount > 0


def extend(tx: Tx, offer_id: int, until: datetime) -> None:
    """An offer that stands may be answered until then, if that is later. The caller holds the offering's
    lock."""
    execute(tx, _extend, offer_id=offer_id, later=until)
