"""What the store says at one moment of the year: who waits, what is offered, what stands in the end."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import func, select

from bot.services.prompts.series import load_timeline
from rehearsal.days import previous_working_day
from rehearsal.promises import Line, Owed
from storage.tables import (
    Delivery,
    Enrolment,
    Offering,
    OfferingSession,
    Programme,
    Reflection,
    SeatOffer,
    Strand,
)
from storage.transaction import Tx


class Seat(Struct, frozen=True):
    """An enrolment as it stood in the end."""

    offering: str
    person: str
    agency: str
    status: str
    seated_at: datetime | None
    changed_at: datetime


def wanted_days(tx: Tx) -> dict[int, date]:
    """The day on which each prompt belongs, as the sessions stand now."""
    return {
        dated.prompt.id: dated.on
        for offering_id in tx.scalars(select(Offering.id))
        for dated in load_timeline(tx, offering_id).dated
        if dated.on is not None
    }


def count_waiting(tx: Tx) -> dict[str, int]:
    """How many wait, by offering."""
    query = select(Offering.code, func.count()).join(Enrolment, Enrolment.offering_id == Offering.id)
    rows = tx.execute(query.where(Enrolment.status == "waiting").group_by(Offering.code))
    return {row[0]: row[1] for row in rows}


def list_offered(tx: Tx) -> list[tuple[str, str, datetime]]:
    """Who is offered a seat now, in what, and since when."""
    query = select(SeatOffer.person_id, Offering.code, SeatOffer.made_at).join(
        Offering, Offering.id == SeatOffer.offering_id
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(query.where(SeatOffer.outcome.is_(None)))]


def _moves_until(starts_at: datetime, timezone: str, said: Mapping[str, Any]) -> datetime:
    """Until when a free seat must be passed on: until the start, or, where it is offered, until a working day
    before the cut-off, because no offer is made that leaves less than an hour."""
    rules = {"on": True, "cutoff_days": 1, **said}
    if not rules["on"]:
        return starts_at
    day = starts_at.astimezone(ZoneInfo(timezone)).date()
    for _ in range(rules["cutoff_days"] + 1):
        day = previous_working_day(day)
    return datetime.combine(day, time(0), ZoneInfo(timezone))


def lines(tx: Tx, now: datetime) -> list[Line]:
    """The offerings whose freed seats still move on by themselves. Who let go of every seat that is free now,
    by the seats' numbers, waits for none of them."""
    first = (
        select(OfferingSession.offering_id, func.min(OfferingSession.starts_at).label("starts_at"))
        .where(OfferingSession.cancelled.is_(False))
        .group_by(OfferingSession.offering_id)
        .subquery()
    )
    found = tx.execute(
        select(
            Offering.id,
            Offering.code,
            Offering.capacity,
            Offering.seats_per_agency,
            Offering.agency_seats,
            Offering.seats_free,
            Offering.offer_rules,
            first.c.starts_at,
            Programme.timezone,
            Programme.offer_rules.label("programme_offer_rules"),
        )
        .join_from(Offering, first, first.c.offering_id == Offering.id)
        .join(Strand, Strand.id == Offering.strand_id)
        .join(Programme, Programme.id == Strand.programme_id)
        .where(first.c.starts_at > now, Offering.cancelled.is_(False))
    ).all()
    offerings = [
        row
        for row in found
        if now
        < _moves_until(
            row.starts_at, row.timezone, (row.programme_offer_rules or {}) | (row.offer_rules or {})
        )
    ]
    enrolled = tx.execute(
        select(Enrolment.offering_id, Enrolment.status, Enrolment.agency, Enrolment.let_go).where(
            Enrolment.status.in_(("seated", "offered", "waiting"))
        )
    ).all()
    lines = []
    for offering in offerings:
        here = [row[1:] for row in enrolled if row.offering_id == offering.id]
        held = Counter(agency for status, agency, _ in here if status != "waiting")
        free = offering.capacity - held.total()
        waiting = Counter(
            agency
            for status, agency, let_go in here
            if status == "waiting" and free > sum(seat <= let_go for seat in offering.seats_free)
        )
        lines.append(
            Line(
                offering.code,
                offering.capacity,
                offering.seats_per_agency,
                dict(offering.agency_seats),
                held,
                waiting,
            )
        )
    return lines


def list_offers(tx: Tx) -> list[tuple[str, str, int, int, datetime]]:
    """Every offer of a seat there was."""
    query = select(
        SeatOffer.person_id, Offering.code, SeatOffer.enrolment_id, SeatOffer.seat, SeatOffer.made_at
    ).join(Offering, Offering.id == SeatOffer.offering_id)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in tx.execute(query.order_by(SeatOffer.id))]


def what_stands(tx: Tx) -> tuple[list[Owed], list[Seat], int]:
    owed = [
        Owed(*row)
        for row in tx.execute(
            select(
                Delivery.id,
                Delivery.kind,
                Delivery.recipient,
                Delivery.subject,
                Delivery.state,
                Delivery.due_at,
                Delivery.reason,
            )
        )
    ]
    seats = [
        Seat(*row)
        for row in tx.execute(
            select(
                Offering.code,
                Enrolment.person_id,
                Enrolment.agency,
                Enrolment.status,
                Enrolment.seated_at,
                Enrolment.changed_at,
            )
            .join(Offering, Offering.id == Enrolment.offering_id)
            .order_by(Enrolment.id)
        )
    ]
    answered = tx.scalar(select(func.count()).where(Reflection.prompt_id.is_not(None))) or 0
    return owed, seats, answered
