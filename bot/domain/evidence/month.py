"""The monthly view for coordinators: which offerings fill, which don't, and which need a decision.

It is about offerings and never about a person. Seats are counted as in the list that everybody sees; the
length of a waiting list is given from five people up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.calendars.wall_time import local
from bot.domain.calendars.working_time import DayWindow, WorkCalendar
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.evidence.suppression import LEAST
from bot.domain.offerings.offering import Offering

SOON: Final = timedelta(weeks=4)
"""This long before the start, empty seats begin to need attention."""
NEW: Final = timedelta(weeks=2)
"""For this long after sign-up has opened it is too early to tell how an offering fills."""
FEW_EMPTY: Final = 0.25
"""The share of seats that may be empty."""


class View(StrEnum):
    """What a coordinator can know of an offering today."""

    LOOK = "look"
    ON_TRACK = "on_track"
    EARLY = "early"


class Because(StrEnum):
    """What there is to decide about an offering, or why its progress can't be judged yet."""

    NO_FACILITATOR = "no_facilitator"
    NO_DATES = "no_dates"
    NO_PLACE = "no_place"
    UNDRAWN = "undrawn"
    EMPTY = "empty"
    QUEUE = "queue"
    NOT_OPEN = "not_open"
    JUST_OPENED = "just_opened"
    FULL = "full"
    FILLS = "fills"
    TIME_LEFT = "time_left"
    RUNS = "runs"


_ON_TRACK: Final = {Because.FULL, Because.FILLS, Because.RUNS}
_EARLY: Final = {Because.NOT_OPEN, Because.JUST_OPENED, Because.TIME_LEFT}


class Counted(Struct, frozen=True):
    """An offering with its seats taken and the number of people who wait. ``undrawn``: sign-up has ended, and
    nobody has confirmed the draw."""

    offering: Offering
    state: SignUpState
    taken: int
    waiting: int
    undrawn: bool = False


class MonthLine(Struct, frozen=True):
    """``waiting`` is None below five people."""

    offering: Offering
    because: Because
    taken: int
    waiting: int | None

    @property
    def view(self) -> View:
        if self.because in _ON_TRACK:
            return View.ON_TRACK
        return View.EARLY if self.because in _EARLY else View.LOOK


def is_time(now: datetime, timezone: str, calendar: WorkCalendar, hours: DayWindow) -> bool:
    """Whether it is the first working day of the month, in office hours."""
    day = local(now, timezone).date()
    is_first = calendar.working_day_from(day.replace(day=1)) == day
    return is_first and calendar.is_working_moment(now, timezone, hours)


def month_of(counted: Sequence[Counted], now: datetime) -> list[MonthLine]:
    """The offerings that are not over: those that need a decision first, then by start."""
    over = {SignUpState.PAST, SignUpState.CANCELLED}
    lines = []
    for each in counted:
        if each.state not in over:
            waiting = each.waiting if each.waiting >= LEAST else None
            lines.append(MonthLine(each.offering, _because(each, now), each.taken, waiting))
    never = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(lines, key=lambda one: (list(View).index(one.view), one.offering.starts_at or never))


def _because(each: Counted, now: datetime) -> Because:
    """The first reason that holds; reasons that need a decision come before the others."""
    offering, capacity = each.offering, each.offering.limits.capacity
    coming = offering.next_session(now)
    ahead = offering.starts_at - now if offering.starts_at is not None else None
    is_soon = ahead is not None and ahead <= SOON
    is_filling = capacity - each.taken <= capacity * FEW_EMPTY
    has_place = coming is None or bool(coming.place or coming.link)
    today, opens_on = local(now, offering.timezone).date(), offering.opens_on
    rules = {
        Because.NO_FACILITATOR: not offering.facilitators,
        Because.NO_PLACE: not has_place and coming is not None and coming.starts_at - now <= SOON,
        Because.UNDRAWN: each.undrawn,
        Because.NO_DATES: ahead is None and each.state is SignUpState.OPEN,
        Because.RUNS: ahead is not None and ahead <= timedelta(0),
        Because.QUEUE: each.waiting >= max(LEAST, capacity * FEW_EMPTY),
        Because.FULL: each.taken >= capacity,
        Because.EMPTY: is_soon and not is_filling,
        Because.NOT_OPEN: each.state is SignUpState.NOT_YET,
        Because.FILLS: is_filling,
        Because.JUST_OPENED: opens_on is not None and today - opens_on < NEW,
    }
    return next((because for because, holds in rules.items() if holds), Because.TIME_LEFT)
