"""Finnish public holidays and the eves that people take off, from the ``holidays`` library.

The library is loaded at the first question, and of its 250 countries only Finland: by its public name
it takes all of them along, 8 MB and 0.1 s that an idle Kaiku has no use for.
"""

import importlib.util
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.language import Texts

if TYPE_CHECKING:
    from holidays import HolidayBase

_EVES_THE_LIBRARY_CALLS_HOLIDAYS = ("Juhannusaatto", "Jouluaatto")
"""In the library's own Finnish names. Both are days off in Finland without being holidays by law."""


def work_calendar_around(days: Iterable[date]) -> WorkCalendar:
    """The calendar for questions about these days (at least one) and all within a year of any of them."""
    years = {day.year for day in days}
    return work_calendar(min(years) - 1, max(years) + 1)


@cache
def work_calendar(first_year: int, last_year: int) -> WorkCalendar:
    """The calendar from ``first_year`` to ``last_year``, both included."""
    years = range(first_year, last_year + 1)
    each = [_days_off_in(year) for year in years]
    return WorkCalendar(
        public_holidays=frozenset().union(*(holidays for holidays, _ in each)),
        eves_off=frozenset().union(*(eves for _, eves in each)),
        years=years,
    )


@cache
def holiday_names(years: range) -> Mapping[date, Texts]:
    """What the holidays and the eves that people take off are called, in each of Kaiku's languages."""
    in_library = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}
    listed = {code: _finland()(years=years, language=name) for code, name in in_library.items()}
    return {day: {code: each[day] for code, each in listed.items()} for day in listed["fi"]}


@cache
def _days_off_in(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Public holidays, and the eves people take off."""
    listed = _finland()(years=year, language="fi")
    eves = frozenset(day for day in listed if listed[day] in _EVES_THE_LIBRARY_CALLS_HOLIDAYS)
    return frozenset(listed) - eves, eves | {date(year, 12, 31)}


@cache
def _finland() -> "type[HolidayBase]":
    import holidays  # noqa: PLC0415

    path = Path(holidays.__path__[0], "countries", "finland.py")
    spec = importlib.util.spec_from_file_location("holidays.countries.finland", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"the holidays library keeps Finland elsewhere than in {path.name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("type[HolidayBase]", module.Finland)
