import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.services.calendars.holiday_library import FIELDS, days_off
from bot.services.calendars.holidays import FILE, WORK_CALENDAR, holiday_name

ROOT = Path(__file__).parents[3]


def test_midsummer_2019() -> None:
    assert WORK_CALENDAR.is_eve_off(date(2019, 6, 21))
    assert WORK_CALENDAR.is_public_holiday(date(2019, 6, 22))
    assert WORK_CALENDAR.previous_working_day(date(2019, 6, 24)) == date(2019, 6, 20)


def test_christmas_and_new_year_2019() -> None:
    working = [day for n in range(23, 32) if WORK_CALENDAR.is_working_day(day := date(2019, 12, n))]
    assert working == [date(2019, 12, n) for n in (23, 27, 30)]
    assert WORK_CALENDAR.next_working_day(date(2019, 12, 30)) == date(2020, 1, 2)
    assert WORK_CALENDAR.is_public_holiday(date(2020, 1, 6)), "Epiphany, a Monday"


def test_easter_2019() -> None:
    assert WORK_CALENDAR.previous_working_day(date(2019, 4, 23)) == date(2019, 4, 18)


@pytest.mark.parametrize("year", [2019, 2026, 2040])
def test_every_year_has_its_holidays_and_three_eves(year: int) -> None:
    days_off = WORK_CALENDAR.days_off_in(year)
    assert len(days_off.public_holidays) == 13
    assert len(days_off.eves) == 3
    assert not days_off.public_holidays & days_off.eves


@pytest.mark.parametrize("year", [1920, 2019, 2021, 2099, 9998])
def test_whatever_year_is_asked_has_an_answer(year: int) -> None:
    assert not WORK_CALENDAR.is_working_day(date(year, 12, 6)), "Independence Day"
    assert WORK_CALENDAR.next_working_day(date(year, 12, 30)).year in {year, year + 1}


def test_a_holiday_has_a_name_in_each_language() -> None:
    assert holiday_name(date(2019, 12, 6)) == {
        "fi": "itsenäisyyspäivä", "sv": "självständighetsdagen", "en": "Independence Day"
    }  # fmt: skip
    assert holiday_name(date(2019, 12, 5)) is None


def test_the_file_says_what_the_library_says() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        first, *written = csv.reader(file)
    years = sorted({int(row[0][:4]) for row in written})
    known = [[day.isoformat(), kind, *names.values()] for day, kind, names in days_off(years)]
    assert (tuple(first), written) == (FIELDS, known), "write it anew: make holidays"


def test_the_library_is_loaded_only_for_a_year_that_the_file_lacks() -> None:
    script = """
import sys
from datetime import date
import bot.services.calendars.holidays as ours
for year in range(2016, 2046):
    ours.WORK_CALENDAR.is_working_day(date(year, 1, 1))
assert not any(name == "holidays" for name in sys.modules)
ours.WORK_CALENDAR.is_working_day(date(2099, 1, 1))
assert any(name == "holidays" for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=30)


def test_a_holiday_is_named_as_within_a_sentence() -> None:
    assert holiday_name(date(2019, 4, 19)) == {
        "fi": "pitkäperjantai",
        "sv": "långfredagen",
        "en": "Good Friday",
    }
    assert (holiday_name(date(2019, 5, 30)) or {})["sv"] == "Kristi himmelsfärdsdag"
    assert (holiday_name(date(2019, 6, 9)) or {})["sv"] == "pingstdagen"
