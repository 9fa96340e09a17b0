import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.services.calendars.holidays import work_calendar, work_calendar_around

ROOT = Path(__file__).parents[3]


def test_midsummer_2019() -> None:
    calendar = work_calendar(2019, 2019)
    assert calendar.is_eve_off(date(2019, 6, 21))
    assert calendar.is_public_holiday(date(2019, 6, 22))
    assert calendar.previous_working_day(date(2019, 6, 24)) == date(2019, 6, 20)


def test_christmas_and_new_year_2019() -> None:
    calendar = work_calendar(2019, 2020)
    working = [day for n in range(23, 32) if calendar.is_working_day(day := date(2019, 12, n))]
    assert working == [date(2019, 12, n) for n in (23, 27, 30)]
    assert calendar.next_working_day(date(2019, 12, 30)) == date(2020, 1, 2)
    assert calendar.is_public_holiday(date(2020, 1, 6)), "Epiphany, a Monday"


def test_easter_2019() -> None:
    calendar = work_calendar(2019, 2019)
    assert calendar.previous_working_day(date(2019, 4, 23)) == date(2019, 4, 18)


@pytest.mark.parametrize("year", [2019, 2026, 2040])
def test_every_year_has_its_holidays_and_three_eves(year: int) -> None:
    calendar = work_calendar(year, year)
    assert len(calendar.public_holidays) == 13
    assert len(calendar.eves_off) == 3
    assert not calendar.public_holidays & calendar.eves_off


def test_a_calendar_around_days_reaches_a_year_both_ways() -> None:
    calendar = work_calendar_around([date(2019, 11, 3), date(2020, 2, 1)])
    assert calendar.years == range(2018, 2022)
    assert calendar is work_calendar(2018, 2021), "and is kept"


def test_the_library_is_loaded_at_the_first_question_and_no_other_country_with_it() -> None:
    script = """
import sys
import bot.services.holidays as ours
assert not any(name.startswith("holidays") for name in sys.modules)
ours.work_calendar(2019, 2019)
assert "holidays.countries" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=30)
