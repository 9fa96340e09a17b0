"""Reads the store at one moment of the year: waiting lists, offers, and the seats at the end."""

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
    """An enrolment at the end of the year."""

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
        for offering_id in tx.scalars(select(Offering.c.id))
        for dated in load_timeline(tx, offering_id).dated
        if dated.on is not None
    }


def count_waiting(tx: Tx) -> dict[str, int]:
    """The length of the waiting lists, by offering."""
    query = select(Offering.c.code, func.count()).join(Enrolment, Enrolment.c.offering_id == Offering.c.id)
    rows = tx.execute(query.where(Enrolment.c.status == "waiting").group_by(Offering.c.code))
    return {row[0]: row[1] for row in rows}


def list_offered(tx: Tx) -> list[tuple[str, str, datetime]]:
    """The offers that are open now: person, offering, since when."""
    query = select(SeatOffer.c.person_id, Offering.c.code, SeatOffer.c.made_at).join(
        Offering, Offering.c.id == SeatOffer.c.offering_id
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(query.where(SeatOffer.c.outcome.is_(None)))]


def _moves_until(starts_at: datetime, timezone: str, said: Mapping[str, Any]) -> datetime:
    """The time until which a free seat must be passed on: the start, or, where seats are offered, a working
    day before the cut-off, because no offer shorter than an hour is made."""
    rules = {"on": True, "cutoff_days": 1, **said}
    if not rules["on"]:
        return starts_at
    day = starts_at.astimezone(ZoneInfo(timezone)).date()
    for _ in range(rules["cutoff_days"] + 1):
        day = previous_working_day(day)
    return datetime.combine(day, time(0), ZoneInfo(timezone))


def lines(tx: Tx, now: datetime) -> list[Line]:
    """The offerings whose freed seats still move on by themselves. People who have declined every seat that
    is free now, by number, do not count as waiting."""
    first = (
        select(OfferingSession.c.offering_id, func.min(OfferingSession.c.starts_at).label("starts_at"))
        .where(OfferingSession.c.cancelled.is_(False))
        .group_by(OfferingSession.c.offering_id)
        .subquery()
    )
    found = tx.execute(
        select(
            Offering.c.id,
            Offering.c.code,
            Offering.c.capacity,
            Offering.c.seats_per_agency,
            Offering.c.agency_seats,
            Offering.c.seats_free,
            Offering.c.offer_rules,
            first.c.starts_at,
            Programme.c.timezone,
            Programme.c.offer_rules.label("programme_offer_rules"),
        )
        .join_from(Offering, first, first.c.offering_id == Offering.c.id)
        .join(Strand, Strand.c.id == Offering.c.strand_id)
        .join(Programme, Programme.c.id == Strand.c.programme_id)
        .where(first.c.starts_at > now, Offering.c.cancelled.is_(False))
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
        select(Enrolment.c.offering_id, Enrolment.c.status, Enrolment.c.agency, Enrolment.c.let_go).where(
            Enrolment.c.status.in_(("seated", "offered", "waiting"))
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
    """All offers of seats in the year."""
    query = select(
        SeatOffer.c.person_id,
        Offering.c.code,
        SeatOffer.c.enrolment_id,
        SeatOffer.c.seat,
        SeatOffer.c.made_at,
    ).join(Offering, Offering.c.id == SeatOffer.c.offering_id)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in tx.execute(query.order_by(SeatOffer.c.id))]


def what_stands(tx: Tx) -> tuple[list[Owed], list[Seat], int]:
    owed = [
        Owed(*row)
        for row in tx.execute(
            select(
                Delivery.c.id,
                Delivery.c.kind,
                Delivery.c.recipient,
                Delivery.c.subject,
                Delivery.c.state,
                Delivery.c.due_at,
                Delivery.c.reason,
            )
        )
    ]
    seats = [
        Seat(*row)
        for row in tx.execute(
            select(
                Offering.c.code,
                Enrolment.c.person_id,
                Enrolment.c.agency,
                Enrolment.c.status,
                Enrolment.c.seated_at,
                Enrolment.c.changed_at,
            )
            .join(Offering, Offering.c.id == Enrolment.c.offering_id)
            .order_by(Enrolment.c.id)
        )
    ]
    answered = tx.scalar(select(func.count()).where(Reflection.c.prompt_id.is_not(None))) or 0
    return owed, seats, answered
