"""Which days are quiet, as product.md states it and the ``holidays`` library knows it.

Written a second time, on purpose: the rehearsal must not ask the bot whether the bot was right.
"""

from datetime import date, timedelta
from functools import cache

import holidays

SATURDAY = 5
JULY = 7
DAY = timedelta(days=1)
NO_HOLIDAYS_BY_LAW = ("Juhannusaatto", "Jouluaatto")
"""Eves that the library lists among the holidays; a day before one of them is an ordinary day."""


@cache
def _listed(year: int) -> dict[date, tuple[str, str]]:
    """The days off of a year: in Finnish, and in English."""
    finnish = holidays.country_holidays("FI", years=year, language="fi")
    english = holidays.country_holidays("FI", years=year, language="en_US")
    days = {day: (finnish[day], english[day]) for day in finnish}
    return days | {date(year, 12, 31): ("Uudenvuodenaatto", "New Year's Eve")}


def day_off(day: date) -> str | None:
    """The holiday, or the eve that people take off, in English; None on any other day."""
    named = _listed(day.year).get(day)
    return named[1] if named is not None else None


def eve_of(day: date) -> str | None:
    """The holiday that ``day`` is the eve of."""
    named = _listed((day + DAY).year).get(day + DAY)
    by_law = named is not None and named[0] not in (*NO_HOLIDAYS_BY_LAW, "Uudenvuodenaatto")
    return named[1] if named is not None and by_law else None


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day_off(day) is None


def why_quiet(day: date) -> str | None:
    """Why nobody is asked to reflect on ``day``; None when they may be."""
    holiday, eve = day_off(day), eve_of(day)
    if holiday is not None:
        return holiday
    if eve is not None:
        return f"the eve of {eve}"
    if day.month == JULY:
        return "July"
    if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 6):
        return "the turn of the year"
    return "a weekend" if day.weekday() >= SATURDAY else None


def previous_working_day(day: date) -> date:
    day -= DAY
    while not is_working_day(day):
        day -= DAY
    return day
