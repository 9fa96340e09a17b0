"""Quiet days by the product's rules and the ``holidays`` library.

The bot's rules are deliberately reimplemented: the rehearsal must not use the bot to check the bot.
"""

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from typing import Final

import holidays
from msgspec import Struct

OFFICE_OPENS: Final = time(9)
OFFICE_CLOSES: Final = time(17)
SATURDAY = 5
JULY = 7
DAY = timedelta(days=1)
NEW_YEARS_EVE: Final = {"fi": "uudenvuodenaatto", "sv": "nyårsafton", "en": "New Year's Eve"}
"""An eve that people take off and the library does not know."""
EVES_IN_THE_LIBRARY: Final = ("juhannusaatto", "jouluaatto")
"""Eves that the library lists among the holidays; the day before such an eve is an ordinary day."""
LIBRARY_LANGUAGES: Final = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}
CAPITAL_IN_SWEDISH: Final = "Kristi"


class Quiet(StrEnum):
    """A reason for not asking a person anything."""

    HOLIDAY = "holiday"  # or an eve that people take off
    EVE = "eve"
    JULY = "july"
    TURN_OF_YEAR = "turn_of_year"
    WEEKEND = "weekend"
    WEEKDAY = "weekday"  # the plan sends prompts on other weekdays
    HOURS = "hours"  # the plan sends prompts at other hours
    AWAY = "away"
    DO_NOT_DISTURB = "do_not_disturb"
    PAUSED = "paused"


class Why(Struct, frozen=True):
    """A reason with its details where needed: the day ``on`` (of an eve, the holiday), the time, the
    hours."""

    code: Quiet
    on: date | None = None
    at: time | None = None
    hours: tuple[time, time] | None = None


class DayOff(Struct, frozen=True):
    """A day off, worded by its name alone."""

    on: date


@cache
def _listed(year: int) -> dict[date, dict[str, str]]:
    """The names of a year's days off, by language, as written within a sentence."""
    named = {
        language: holidays.country_holidays("FI", years=year, language=known)
        for language, known in LIBRARY_LANGUAGES.items()
    }
    days = {
        day: {language: _in_a_sentence(names[day], language) for language, names in named.items()}
        for day in named["fi"]
    }
    return days | {date(year, 12, 31): NEW_YEARS_EVE}


def _in_a_sentence(name: str, language: str) -> str:
    keeps_its_capital = language == "en" or name.startswith(CAPITAL_IN_SWEDISH)
    return name if keeps_its_capital else name[0].lower() + name[1:]


def name_of(day: date, language: str) -> str:
    """The name of a day off; ``day`` must be one."""
    return _listed(day.year)[day][language]


def is_day_off(day: date) -> bool:
    """A public holiday, or an eve that people take off."""
    return day in _listed(day.year)


def is_eve(day: date) -> bool:
    """Whether the next day is a public holiday."""
    names = _listed((day + DAY).year).get(day + DAY)
    return names is not None and names["fi"] not in (*EVES_IN_THE_LIBRARY, NEW_YEARS_EVE["fi"])


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and not is_day_off(day)


def why_quiet(day: date) -> Why | None:
    """Why nobody is asked to reflect on ``day``; None when they may be."""
    if is_day_off(day):
        return Why(Quiet.HOLIDAY, day)
    if is_eve(day):
        return Why(Quiet.EVE, day + DAY)
    if day.month == JULY:
        return Why(Quiet.JULY)
    if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 6):
        return Why(Quiet.TURN_OF_YEAR)
    return Why(Quiet.WEEKEND) if day.weekday() >= SATURDAY else None


def previous_working_day(day: date) -> date:
    day -= DAY
    while not is_working_day(day):
        day -= DAY
    return day


def next_working_day(day: date) -> date:
    day += DAY
    while not is_working_day(day):
        day += DAY
    return day


def after_working_time(start: datetime, hours: float, zone: tzinfo) -> datetime:
    """``start`` plus some working hours (9 to 17 on working days); ``start`` must be within them."""
    here, left = start.astimezone(zone), timedelta(hours=hours)
    while True:
        closes = datetime.combine(here.date(), OFFICE_CLOSES, zone)
        if left <= closes - here:
            return here + left
        left -= max(closes - here, timedelta())
        here = datetime.combine(next_working_day(here.date()), OFFICE_OPENS, zone)


def next_ordinary_day(day: date) -> date:
    """The first day after ``day`` on which most people are at work: no holiday, eve, weekend or July."""
    day += DAY
    while why_quiet(day) is not None:
        day += DAY
    return day
