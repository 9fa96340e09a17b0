"""Finnish public holidays and eves that are days off, from the ``holidays`` library.

The library takes 19 MB and 0.2 s, so it is imported when first needed and not when Kaiku starts.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.domain.calendars.working_time import DaysOff, WorkCalendar
from bot.domain.language import Texts

if TYPE_CHECKING:
    from holidays import HolidayBase

_EVES_THE_LIBRARY_CALLS_HOLIDAYS = ("Juhannusaatto", "Jouluaatto")
"""Eves in the library's Finnish names: days off in Finland, but not holidays by law."""

_LIBRARY_LANGUAGES: Final = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}
_SWEDISH_WITH_ARTICLE: Final = {"trettondag": "trettondagen", "pingst": "pingstdagen"}
"""Where Swedish of Finland has the definite form and the library does not."""


def holiday_name(day: date) -> Texts | None:
    """The name of a holiday, or of an eve that is a day off, in each of Kaiku's languages."""
    return _names_in(day.year).get(day)


@cache
def _names_in(year: int) -> dict[date, Texts]:
    listed = {code: _holidays_in(year, name) for code, name in _LIBRARY_LANGUAGES.items()}
    return {
        day: {code: _in_a_sentence(each[day], code) for code, each in listed.items()} for day in listed["fi"]
    }


def _in_a_sentence(name: str, language: str) -> str:
    """As written within a sentence: only English, and the name of Christ, keep the capital."""
    if language == "en" or name.startswith("Kristi"):
        return name
    lowered = name[0].lower() + name[1:]
    return _SWEDISH_WITH_ARTICLE.get(lowered, lowered)


@cache
def _days_off_in(year: int) -> DaysOff:
    listed = _holidays_in(year, "fi")
    eves = frozenset(day for day in listed if listed[day] in _EVES_THE_LIBRARY_CALLS_HOLIDAYS)
    return DaysOff(frozenset(listed) - eves, eves | {date(year, 12, 31)})


def known_years(years: Iterable[int]) -> frozenset[int]:
    """Those of the years whose holidays the library knows."""
    return frozenset(year for year in years if _days_off_in(year).public_holidays)


def _holidays_in(year: int, language: str) -> "HolidayBase":
    from holidays.countries.finland import Finland  # noqa: PLC0415 - see above

    return Finland(years=year, language=language)  # type: ignore[no-untyped-call]


WORK_CALENDAR: Final = WorkCalendar(_days_off_in)
"""Working days in Finland, in whatever year."""
