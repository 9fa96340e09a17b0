"""Finnish public holidays and eves that are days off, from ``holidays.csv``.

The file is written from the library ``holidays`` and holds the years that plans are made for; other years are
read from the library itself (``holiday_library``). A test fails where the file and the library differ.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from bot.domain.calendars.working_time import DaysOff, WorkCalendar
from bot.domain.language import Texts

FILE: Final = Path(__file__).with_name("holidays.csv")


def holiday_name(day: date) -> Texts | None:
    """The name of a holiday, or of an eve that is a day off, in each of Kaiku's languages."""
    return next((names for each, _, names in _listed(day.year) if each == day), None)


def known_years(years: Iterable[int]) -> frozenset[int]:
    """Which of these years have known holidays."""
    return frozenset(year for year in years if _listed(year))


@cache
def _days_off_in(year: int) -> DaysOff:
    eves = frozenset(day for day, kind, _ in _listed(year) if kind == "eve")
    return DaysOff(frozenset(day for day, *_ in _listed(year)) - eves, eves | {date(year, 12, 31)})


@cache
def _listed(year: int) -> tuple[tuple[date, str, Texts], ...]:
    return tuple(row for row in _of_file() if row[0].year == year) or tuple(_of_library(year))


@cache
def _of_file() -> tuple[tuple[date, str, Texts], ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple((date.fromisoformat(row.pop("day")), row.pop("kind"), dict(row)) for row in rows)


def _of_library(year: int) -> Iterator[tuple[date, str, Texts]]:
    from bot.services.calendars.holiday_library import days_off  # noqa: PLC0415 - all countries: 11 MB

    return days_off([year])


WORK_CALENDAR: Final = WorkCalendar(_days_off_in)
"""Working days in Finland, in any year."""
