"""Offers: a free seat is held for the next in line until a deadline. Who is next, and how long they have.

Free seats are numbered as they come free. A person who lets an offer lapse has thereby declined every seat
that is free by then, so that nobody is offered the same seat twice, or another free seat right after.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict, replace

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


class OfferRules(Struct, frozen=True):
    """Whether free seats are offered (else they are given at once), for how many working hours, and how many
    working days before the start the facilitator decides instead."""

    on: bool = True
    hours: int = 24
    cutoff_days: int = 1


DEFAULT_OFFERS = OfferRules()


class OwnOfferRules(Struct, frozen=True):
    """The rules that an offering overrides; None: the programme's rule applies."""

    on: bool | None = None
    hours: int | None = None
    cutoff_days: int | None = None

    def over(self, rules: OfferRules) -> OfferRules:
        own = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(rules, **own)


NO_OWN_OFFERS = OwnOfferRules()


def stored_offers(rules: OfferRules | OwnOfferRules) -> dict[str, Any] | None:
    """The JSON value to store: the rules that differ from the defaults; None if all are defaults."""
    default = asdict(DEFAULT_OFFERS if isinstance(rules, OfferRules) else NO_OWN_OFFERS)
    return {name: value for name, value in asdict(rules).items() if value != default[name]} or None


def to_offers(stored: Mapping[str, Any] | None, own: Mapping[str, Any] | None = None) -> OfferRules:
    """The rules of a programme, with those that the offering overrides."""
    return OwnOfferRules(**(own or {})).over(replace(DEFAULT_OFFERS, **(stored or {})))


def number_seats(free: int, known: Sequence[int], opened: int) -> tuple[list[int], int]:
    """The numbers of the seats that are free now, and the highest number there has been.

    Each seat that comes free, or is added, gets the next number; one that was offered and not taken comes
    back with its own. ``known`` are the seats that were free before; a seat taken without an offer is the one
    that was free the longest.
    """
    kept = sorted(known)[max(len(known) - free, 0) :]
    new = range(opened + 1, opened + 1 + free - len(kept))
    return [*kept, *new], opened + len(new)


def next_offered(
    limits: SeatLimits, taken: Mapping[str, int], line: Iterable[InLine], free: Sequence[int]
) -> list[tuple[int, int]]:
    """Who gets which of the free seats, as pairs of an enrolment's id and a seat's number.

    The waiting list is walked from its head. A person whose agency is full, or who has let every free seat
    go, is passed over and keeps their place. Each gets the oldest seat that they may have, so that newer
    seats are left for people who may have only these, and no seat stays free that somebody could have.
    """
    now_taken, left = dict(taken), sorted(free)
    chosen: list[tuple[int, int]] = []
    for person in line:
        if not left:
            break
        if now_taken.get(person.agency, 0) >= limits.for_agency(person.agency):
            continue
        seat = next((each for each in left if each > person.let_go), None)
        if seat is not None:
            left.remove(seat)
            now_taken[person.agency] = now_taken.get(person.agency, 0) + 1
            chosen.append((person.enrolment_id, seat))
    return chosen


def cutoff_at(
    starts_at: datetime | None, rules: OfferRules, timezone: str, calendar: WorkCalendar
) -> datetime | None:
    """When offers end: at the hour of the start, some working days before it. None without a start."""
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
    """The end of an offer that somebody hears of at ``told_at``, on a whole minute of their own office
    ``hours``; None if there is too little time before the cut-off."""
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
