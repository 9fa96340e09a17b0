"""Next year's plan from this one: each session on a working day that suits those who lead it. Pure.

Distances are kept: the first session stays in its week of the year, each later one as many days after the one
before it, and sign-up as many days before the first.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.calendars.working_time import WorkCalendar, quiet_season
from bot.domain.plan.model import (
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
    SignUpWindow,
    Venue,
)
from bot.domain.plan.rules import Path

Weekdays = Mapping[tuple[str, int], frozenset[int]]
"""The suitable days of the week, by offering and session; Monday is 0."""

MIDWEEK: Final = frozenset({1, 2, 3})
FARTHEST: Final = 21
"""Days from the wished day within which another is looked for."""
_DAY: Final = timedelta(days=1)


class Wish(StrEnum):
    """A wish that could not be met; the comment names the parameters of its sentence."""

    FACILITATOR_FREE = "facilitator_free"  # offering, session, on, other
    ROOM_FREE = "room_free"  # offering, session, on, other
    WITHIN_YEAR = "within_year"  # offering, session, on
    ORDINARY_DAY = "ordinary_day"  # offering, session, on
    SESSIONS_KNOWN = "sessions_known"  # offering


class Unmet(Struct, frozen=True):
    """A wish that could not be met, its place in the plan, and the parameters of its sentence."""

    where: Path
    wish: Wish
    params: dict[str, str | int]


class _Placed(Struct, frozen=True):
    code: str
    starts: datetime
    ends: datetime
    facilitators: frozenset[str]
    place: str | None


def same_day_in(day: date, year: int) -> date:
    """The same day of the same week of the year; of week 53, the last week that ``year`` has."""
    _, week, weekday = day.isocalendar()
    last = date(year, 12, 28).isocalendar().week
    return date.fromisocalendar(year, min(week, last), weekday)


def plan_for(plan: Plan, year: int, calendar: WorkCalendar) -> tuple[Plan, list[Unmet]]:
    """``plan`` in ``year``, on the same days of the week or in the middle of the week. Whatever was cancelled
    takes place again."""
    weekdays = {
        (offering.code, session.number): MIDWEEK | {session.on.weekday()}
        for offering in plan.offerings
        for session in offering.sessions
    }
    old = str(min((each.on.year for one in plan.offerings for each in one.sessions), default=year))
    code = plan.code.replace(old, str(year)) if old in plan.code else f"{plan.code}-{year}"
    title = {language: text.replace(old, str(year)) for language, text in plan.title.items()}
    fresh = replace(plan, code=code, title=title, strands=tuple(map(_as_new, plan.strands)))
    return arrange(fresh, year, weekdays, calendar, lambda first: same_day_in(first, year))


def _as_new(strand: PlannedStrand) -> PlannedStrand:
    return replace(
        strand,
        offerings=tuple(
            replace(
                offering,
                cancelled=False,
                sessions=tuple(replace(session, cancelled=False) for session in offering.sessions),
            )
            for offering in strand.offerings
        ),
    )


def arrange(
    plan: Plan,
    year: int,
    weekdays: Weekdays,
    calendar: WorkCalendar,
    first_day: Callable[[date], date] = lambda first: first,
) -> tuple[Plan, list[Unmet]]:
    """``plan`` with every session on a suitable day in ``year``; ``first_day`` returns the wished first day
    of an offering."""
    arranger = _Arranger(year, weekdays, calendar)
    paths = {
        offering.code: ("strands", i, "offerings", j)
        for i, strand in enumerate(plan.strands)
        for j, offering in enumerate(strand.offerings)
    }
    dated = sorted(
        (each for each in plan.offerings if each.sessions),
        key=lambda each: (first_day(min(one.on for one in each.sessions)), each.code),
    )
    for each in plan.offerings:
        if not each.sessions:
            here = (*paths[each.code], "sessions")
            arranger.unmet.append(Unmet(here, Wish.SESSIONS_KNOWN, {"offering": each.code}))
    new = {each.code: arranger.arrange(each, paths[each.code], first_day) for each in dated}
    strands = tuple(
        replace(strand, offerings=tuple(new.get(each.code, each) for each in strand.offerings))
        for strand in plan.strands
    )
    return replace(plan, strands=strands), sorted(arranger.unmet, key=lambda each: str(each.where))


class _Arranger:
    def __init__(self, year: int, weekdays: Weekdays, calendar: WorkCalendar) -> None:
        self.unmet: list[Unmet] = []
        self._year = year
        self._weekdays = weekdays
        self._calendar = calendar
        self._placed: list[_Placed] = []

    def arrange(
        self, offering: PlannedOffering, where: Path, first_day: Callable[[date], date]
    ) -> PlannedOffering:
        in_time = sorted(enumerate(offering.sessions), key=lambda pair: (pair[1].on, pair[1].starts))
        new: dict[int, PlannedSession] = {}
        before: tuple[date, date] | None = None  # the previous session's old and new day
        for index, session in in_time:
            if before is None:
                wished, least = first_day(session.on), date.min
            else:
                wished, least = before[1] + (session.on - before[0]), before[1]
                least += _DAY if session.on > before[0] else timedelta()
            on = self._day_for(offering, session, wished, least, (*where, "sessions", index, "on"))
            new[index] = replace(session, on=on, venue=self._venue(session, on))
            before = session.on, on
            self._placed.append(_placed(offering, new[index]))
        first_was, first = in_time[0][1].on, new[in_time[0][0]].on
        sessions = tuple(new[index] for index in range(len(offering.sessions)))
        window = sign_up_before(offering.sign_up, first_was, first, self._calendar)
        return replace(offering, sessions=sessions, sign_up=window)

    def _day_for(
        self, offering: PlannedOffering, session: PlannedSession, wished: date, least: date, where: Path
    ) -> date:
        good = [day for day in _around(wished) if day >= least and self._is_ordinary(day, session.on)]
        fitting = self._weekdays.get((offering.code, session.number), MIDWEEK)
        good.sort(key=lambda day: day.weekday() not in fitting)  # stable: the nearest stays first
        params: dict[str, str | int] = {"offering": offering.code, "session": session.number}
        if not good:
            on = max(least, wished)
            self.unmet.append(Unmet(where, Wish.ORDINARY_DAY, params | {"on": str(on)}))
            return on
        free = next((day for day in good if not list(self._clashes(offering, session, day))), None)
        on = free or good[0]
        params |= {"on": str(on)}
        for wish, other in self._clashes(offering, session, on):
            self.unmet.append(Unmet(where, wish, params | {"other": other}))
        if on.year != self._year:
            self.unmet.append(Unmet(where, Wish.WITHIN_YEAR, dict(params)))
        return on

    def _is_ordinary(self, day: date, was: date) -> bool:
        """Whether ``day`` is a working day not before a holiday, and in a quiet season only if the old one
        was, too."""
        calendar = self._calendar
        is_loud = quiet_season(day) is None or quiet_season(was) is not None
        return is_loud and calendar.is_working_day(day) and not calendar.is_public_holiday(day + _DAY)

    def _clashes(
        self, offering: PlannedOffering, session: PlannedSession, day: date
    ) -> Iterator[tuple[Wish, str]]:
        here = _placed(offering, replace(session, on=day))
        for other in self._placed:
            if here.starts < other.ends and other.starts < here.ends:
                if here.facilitators & other.facilitators:
                    yield Wish.FACILITATOR_FREE, other.code
                if here.place is not None and here.place == other.place:
                    yield Wish.ROOM_FREE, other.code

    def _venue(self, session: PlannedSession, on: date) -> Venue | None:
        """The venue, to be cancelled as many days before the session as before, on a working day."""
        venue = session.venue
        if venue is None or venue.free_until is None:
            return venue
        day = on - (session.on - venue.free_until)
        return replace(venue, free_until=self._calendar.previous_working_day(day + _DAY))


def sign_up_before(window: SignUpWindow, was: date, first: date, calendar: WorkCalendar) -> SignUpWindow:
    """The sign-up window as many days before the ``first`` session as it ``was``, on working days."""
    opens, closes = (day and first + (day - was) for day in (window.opens, window.closes))
    closes = closes and (calendar.previous_working_day(closes + _DAY) if closes < first else closes)
    opens = opens and calendar.previous_working_day(opens + _DAY)
    return SignUpWindow(opens, closes)


def _around(day: date) -> Iterator[date]:
    """The days around a day, the nearest first, and of two equally near ones the later."""
    yield day
    for distance in range(1, FARTHEST + 1):
        yield day + timedelta(distance)
        yield day - timedelta(distance)


def _placed(offering: PlannedOffering, session: PlannedSession) -> _Placed:
    return _Placed(
        offering.code,
        datetime.combine(session.on, session.starts),
        datetime.combine(session.ends_on, session.ends or time()),
        frozenset(offering.facilitators),
        session.place.get("fi") if session.place is not None else None,
    )
