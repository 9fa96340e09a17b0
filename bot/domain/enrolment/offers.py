"""Offers: a free seat is held for the next in line until a deadline. Who is next, and how long they have.

A seat that was let lapse or declined keeps its history until somebody takes it: nobody is offered the same
seat twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.calendars.working_time import DayWindow, WorkCalendar
from bot.domain.enrolment.seats import InLine, SeatLimits

WORKING_DAY: Final = timedelta(hours=8)
"""Office hours of one day: an offer of 24 working hours is open for three working days."""

SHORT_WITHIN: Final = 3 * WORKING_DAY
"""So close to the start an offer is open for half of the time that is left, so that another can follow it."""

SHORTEST: Final = timedelta(hours=1)
"""Less working time than this is no offer: the facilitator decides."""

LAPSES_TO_THE_BACK: Final = 2


class Outcome(StrEnum):
    """How an offer ended. ``unheard``: it lapsed, but the person could not be told of it. ``void``: the
    person may not be offered it any more, or it will not take place."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    UNHEARD = "unheard"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class OfferRules:
    """Whether free seats are offered (else they are given at once), for how many working hours, and how many
    working days before the start the facilitator decides instead."""

    on: bool = True
    hours: int = 24
    cutoff_days: int = 1


DEFAULT_OFFERS = OfferRules()


@dataclass(frozen=True, slots=True)
class OwnOfferRules:
    """What one offering rules otherwise than its programme; None: as the programme."""

    on: bool | None = None
    hours: int | None = None
    cutoff_days: int | None = None

    def over(self, rules: OfferRules) -> OfferRules:
        own = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(rules, **own)


NO_OWN_OFFERS = OwnOfferRules()


def stored_offers(rules: OfferRules | OwnOfferRules) -> dict[str, Any] | None:
    """The JSON value to store: what differs from the defaults; None: nothing."""
    default = asdict(DEFAULT_OFFERS if isinstance(rules, OfferRules) else NO_OWN_OFFERS)
    return {name: value for name, value in asdict(rules).items() if value != default[name]} or None


def to_offers(stored: Mapping[str, Any] | None, own: Mapping[str, Any] | None = None) -> OfferRules:
    """The rules of a programme, with what an offering has of its own."""
    return OwnOfferRules(**(own or {})).over(replace(DEFAULT_OFFERS, **(stored or {})))


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """A seat that nobody holds. ``seat`` names one that has been offered before, ``passed`` are the
    enrolments that let it go."""

    seat: int | None = None
    passed: frozenset[int] = frozenset()


def next_offered(
    limits: SeatLimits, taken: Mapping[str, int], line: Iterable[InLine], seats: Sequence[FreeSeat]
) -> list[tuple[int, FreeSeat]]:
    """Who gets which of the free seats: enrolments in the order of the line.

    The line is walked from its head. Whoever's agency is full, or who has let every free seat go by, is
    passed over and keeps their place. A place nearer to the head always comes first, and no seat stays free
    that somebody could have (a matching with priorities).
    """
    now_taken = dict(taken)
    held_by: dict[int, InLine] = {}  # by the seat's place in ``seats``
    for person in line:
        if len(held_by) == len(seats):
            break
        if now_taken.get(person.agency, 0) >= limits.for_agency(person.agency):
            continue
        if _finds_seat(person, seats, held_by, set()):
            now_taken[person.agency] = now_taken.get(person.agency, 0) + 1
    chosen = {person.enrolment_id: seats[place] for place, person in held_by.items()}
    return [(each.enrolment_id, chosen[each.enrolment_id]) for each in line if each.enrolment_id in chosen]


def _finds_seat(
    person: InLine, seats: Sequence[FreeSeat], held_by: dict[int, InLine], tried: set[int]
) -> bool:
    """Give the person a seat, if need be one that somebody before them can change for another."""
    open_to = [
        place
        for place, seat in enumerate(seats)
        if person.enrolment_id not in seat.passed and place not in tried
    ]
    for place in open_to:
        if place not in held_by:
            held_by[place] = person
            return True
    for place in open_to:
        tried.add(place)
        if _finds_seat(held_by[place], seats, held_by, tried):
            held_by[place] = person
            return True
    return False


def free_seats_of(free: int, histories: Mapping[int, frozenset[int]]) -> list[FreeSeat]:
    """The seats that are free, those with a history first. There are never more histories than free seats:
    whoever took a seat in another way took the one that was free for the longest."""
    kept = sorted(histories)[max(len(histories) - free, 0) :]
    seats = [FreeSeat(seat, histories[seat]) for seat in kept]
    return seats + [FreeSeat()] * (free - len(seats))


def cutoff_at(
    starts_at: datetime | None, rules: OfferRules, timezone: str, calendar: WorkCalendar
) -> datetime | None:
    """From when on no seat is offered: the hour of the start, so many working days before it. None without a
    start."""
    if starts_at is None:
        return None
    here = local(starts_at, timezone)
    day = here.date()
    for _ in range(rules.cutoff_days):
        day = calendar.previous_working_day(day)
    return to_instant(day, here.time(), timezone)


def open_until(
    told_at: datetime,
    rules: OfferRules,
    starts_at: datetime | None,
    cutoff: datetime | None,
    timezone: str,
    calendar: WorkCalendar,
    hours: DayWindow,
) -> datetime | None:
    """Until when somebody who is told of an offer at ``told_at`` may answer, on a whole minute of their own
    office ``hours``; None: there is too little time before the cut-off."""
    until = calendar.add_working_time(told_at, timedelta(hours=rules.hours), timezone, hours)
    if starts_at is not None and cutoff is not None:
        if cutoff <= told_at:
            return None
        if calendar.add_working_time(told_at, SHORT_WITHIN, timezone, hours) > starts_at:
            left = calendar.working_time_between(told_at, cutoff, timezone, hours)
            half = calendar.add_working_time(told_at, max(left / 2, SHORTEST), timezone, hours)
            until = min(until, half)
        until = min(until, calendar.last_working_moment(cutoff, timezone, hours))
        shortest = min(SHORTEST, timedelta(hours=rules.hours))
        if calendar.working_time_between(told_at, until, timezone, hours) < shortest:
            return None
    return until.replace(second=0, microsecond=0)
