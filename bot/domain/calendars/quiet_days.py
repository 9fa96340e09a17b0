"""Why days are quiet (a holiday, its eve or a season), as shown to people who plan."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.domain.calendars.working_time import WorkCalendar, quiet_season
from bot.domain.language import Texts

_DAY = timedelta(days=1)
_SATURDAY = 5

HolidayName = Callable[[date], Texts | None]
"""The name of a holiday or of an eve that is a day off, by language."""


class QuietKind(StrEnum):
    HOLIDAY = "holiday"  # a public holiday, or an eve that is a day off
    EVE = "eve"
    JULY = "july"
    TURN_OF_YEAR = "turn_of_year"


class Quiet(Struct, frozen=True):
    """Quiet days from ``first`` to ``last``. ``name`` is that of the holiday, or of the holiday that follows
    an eve; seasons have none."""

    kind: QuietKind
    first: date
    last: date
    name: Texts | None = None


def quiet_on(day: date, calendar: WorkCalendar, name_of: HolidayName) -> Quiet | None:
    """Why ``day`` is quiet; None when it is not."""
    season = quiet_season(day)
    if season is not None:
        return Quiet(QuietKind(season.value), day, day)
    if calendar.is_public_holiday(day) or calendar.is_eve_off(day):
        return Quiet(QuietKind.HOLIDAY, day, day, name_of(day))
    if calendar.is_quiet_day(day):
        return Quiet(QuietKind.EVE, day, day, name_of(day + _DAY))
    return None


def quiet_between(first: date, last: date, calendar: WorkCalendar, name_of: HolidayName) -> Sequence[Quiet]:
    """Holidays on weekdays and quiet seasons from ``first`` to ``last``, both included, in order of time.

    Left out are eves, which belong to their holiday, and holidays within a season.
    """
    found: list[Quiet] = []
    for day in (first + n * _DAY for n in range((last - first).days + 1)):
        quiet = quiet_on(day, calendar, name_of)
        if quiet is None or quiet.kind is QuietKind.EVE:
            continue
        if quiet.kind is QuietKind.HOLIDAY:
            if day.weekday() < _SATURDAY:
                found.append(quiet)
        elif found and found[-1].kind is quiet.kind and found[-1].last == day - _DAY:
            found[-1] = Quiet(quiet.kind, found[-1].first, day)
        else:
            found.append(quiet)
    return found
