"""Working days and hours in Finland, over holidays and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.working_time import WorkingHours
from bot.services.holidays import work_calendar

HELSINKI = "Europe/Helsinki"
CALENDAR = work_calendar(2019)
HOURS = WorkingHours()

instants = st.datetimes(datetime(2018, 12, 1), datetime(2020, 3, 1)).map(lambda at: at.replace(tzinfo=UTC))
zones = st.sampled_from(["Europe/Helsinki", "Europe/Brussels", "America/New_York", "Asia/Tokyo"])


def wall(*parts: int, zone: str = HELSINKI) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_midsummer_eve_and_christmas_eve_are_days_off() -> None:
    assert not CALENDAR.is_working_day(date(2019, 6, 21))
    assert not CALENDAR.is_working_day(date(2019, 12, 24))
    assert CALENDAR.is_working_day(date(2019, 6, 20))


def test_the_working_day_before_a_monday_is_friday() -> None:
    assert CALENDAR.working_day_before(date(2019, 3, 18)) == date(2019, 3, 15)


def test_the_working_day_before_the_tuesday_after_easter_is_thursday() -> None:
    assert CALENDAR.working_day_before(date(2019, 4, 23)) == date(2019, 4, 18)


def test_working_days_are_counted_over_a_holiday_in_both_directions() -> None:
    assert CALENDAR.add_working_days(date(2019, 6, 19), 2) == date(2019, 6, 24)
    assert CALENDAR.add_working_days(date(2019, 6, 24), -2) == date(2019, 6, 19)


def test_night_waits_for_nine_and_weekend_for_monday() -> None:
    assert HOURS.next_moment(wall(2019, 3, 13, 23, 0), HELSINKI, CALENDAR) == wall(2019, 3, 14, 9, 0)
    assert HOURS.next_moment(wall(2019, 3, 15, 15, 0), HELSINKI, CALENDAR) == wall(2019, 3, 18, 9, 0)


def test_nine_stays_nine_over_both_clock_changes() -> None:
    assert HOURS.next_moment(wall(2019, 3, 30, 12, 0), HELSINKI, CALENDAR) == datetime(
        2019, 4, 1, 6, tzinfo=UTC
    )
    assert HOURS.next_moment(wall(2019, 10, 26, 12, 0), HELSINKI, CALENDAR) == datetime(
        2019, 10, 28, 7, tzinfo=UTC
    )


@given(instants, zones)
def test_a_working_moment_is_in_the_window_on_a_working_day_and_never_earlier(
    at: datetime, zone: str
) -> None:
    moment = HOURS.next_moment(at, zone, CALENDAR)
    here = moment.astimezone(ZoneInfo(zone))
    assert moment >= at
    assert CALENDAR.is_working_day(here.date())
    assert time(9) <= here.time() < time(15)
    assert HOURS.next_moment(moment, zone, CALENDAR) == moment


@given(st.dates(date(2019, 1, 1), date(2020, 1, 1)), st.integers(1, 15))
def test_adding_working_days_and_taking_them_away_again_leads_back(day: date, number: int) -> None:
    start = CALENDAR.working_day_from(day)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, number), -number) == start
    assert CALENDAR.add_working_days(start, number) - start >= timedelta(days=number)
