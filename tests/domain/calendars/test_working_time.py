from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendars.working_time import WORKING_HOURS, DaysOff, DayWindow, WorkCalendar

HELSINKI = "Europe/Helsinki"
DAYS_OFF = DaysOff(
    public_holidays=frozenset(
        {
            date(2019, 1, 1),
            date(2019, 4, 19),
            date(2019, 4, 21),
            date(2019, 4, 22),
            date(2019, 5, 1),
            date(2019, 5, 30),
            date(2019, 6, 22),
            date(2019, 12, 6),
            date(2019, 12, 25),
            date(2019, 12, 26),
            date(2020, 1, 1),
            date(2020, 1, 6),
        }
    ),
    eves=frozenset({date(2019, 6, 21), date(2019, 12, 24), date(2019, 12, 31)}),
)
FINLAND_2019 = WorkCalendar(lambda _year: DAYS_OFF)


def at(day: date, hour: int, minute: int = 0, timezone: str = HELSINKI) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(timezone)).astimezone(UTC)


def test_weekends_holidays_and_eves_off_are_no_working_days() -> None:
    calendar = FINLAND_2019
    assert calendar.is_working_day(date(2019, 6, 20))
    assert not calendar.is_working_day(date(2019, 6, 21)), "Midsummer Eve, a Friday"
    assert not calendar.is_working_day(date(2019, 6, 22)), "Midsummer Day"
    assert not calendar.is_working_day(date(2019, 6, 23)), "a Sunday"
    assert calendar.is_working_day(date(2019, 6, 24))
    assert calendar.is_working_day(date(2019, 12, 23))
    assert not calendar.is_working_day(date(2019, 12, 24))
    assert calendar.is_working_day(date(2019, 12, 27))
    assert not calendar.is_working_day(date(2019, 12, 31))


def test_an_eve_off_is_no_public_holiday() -> None:
    assert FINLAND_2019.is_eve_off(date(2019, 6, 21))
    assert not FINLAND_2019.is_public_holiday(date(2019, 6, 21))
    assert FINLAND_2019.is_public_holiday(date(2019, 6, 22))
    assert not FINLAND_2019.is_eve_off(date(2019, 6, 22))


@pytest.mark.parametrize(
    "day",
    [date(2019, 4, 18), date(2019, 4, 30), date(2019, 5, 29), date(2019, 7, 1), date(2019, 12, 23)],
)
def test_prompts_are_quiet_on_days_on_which_people_work_and_may_be_reminded(day: date) -> None:
    assert FINLAND_2019.is_working_day(day)
    assert FINLAND_2019.is_quiet_day(day)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2019, 7, 1), date(2019, 7, 31)),
        (date(2019, 12, 23), date(2020, 1, 6)),
        (date(2019, 1, 1), date(2019, 1, 6)),
        (date(2019, 6, 21), date(2019, 6, 22)),
    ],
)
def test_quiet_weeks_are_quiet_from_first_to_last_day_and_no_longer(first: date, last: date) -> None:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert all(FINLAND_2019.is_quiet_day(day) for day in days)
    assert not FINLAND_2019.is_quiet_day(last + timedelta(days=1))
    if first.year == last.year and first.month != 1:
        assert not FINLAND_2019.is_quiet_day(first - timedelta(days=1))


def test_the_working_day_before_midsummer_is_thursday_and_after_it_monday() -> None:
    calendar = FINLAND_2019
    assert calendar.next_working_day(date(2019, 6, 20)) == date(2019, 6, 24)
    assert calendar.previous_working_day(date(2019, 6, 24)) == date(2019, 6, 20)
    assert calendar.working_day_from(date(2019, 6, 22)) == date(2019, 6, 24)
    assert calendar.working_day_from(date(2019, 6, 20)) == date(2019, 6, 20)


@pytest.mark.parametrize(
    ("start", "number", "reached"),
    [
        (date(2019, 4, 17), 2, date(2019, 4, 23)),  # over Easter
        (date(2019, 4, 23), -2, date(2019, 4, 17)),
        (date(2019, 12, 20), 3, date(2019, 12, 30)),  # over Christmas
        (date(2019, 12, 30), 2, date(2020, 1, 3)),  # over the New Year
        (date(2019, 6, 22), 1, date(2019, 6, 24)),  # from a holiday
        (date(2019, 6, 22), 0, date(2019, 6, 24)),
        (date(2019, 6, 20), 0, date(2019, 6, 20)),
    ],
)
def test_working_days_are_counted_over_holidays(start: date, number: int, reached: date) -> None:
    assert FINLAND_2019.add_working_days(start, number) == reached


def test_nine_stays_nine_over_both_clock_changes() -> None:
    calendar = FINLAND_2019
    spring_friday, autumn_friday = date(2019, 3, 29), date(2019, 10, 25)
    assert calendar.next_working_moment(at(spring_friday, 8), HELSINKI).hour == 7
    assert calendar.next_working_moment(at(spring_friday, 16), HELSINKI) == datetime(
        2019, 4, 1, 6, tzinfo=UTC
    )
    assert calendar.next_working_moment(at(autumn_friday, 8), HELSINKI).hour == 6
    assert calendar.next_working_moment(at(autumn_friday, 16), HELSINKI) == datetime(
        2019, 10, 28, 7, tzinfo=UTC
    )


def test_the_next_working_moment_from_a_working_moment_is_itself() -> None:
    for hour in (9, 12, 15):
        instant = at(date(2019, 6, 20), hour)
        assert FINLAND_2019.is_working_moment(instant, HELSINKI)
        assert FINLAND_2019.next_working_moment(instant, HELSINKI) == instant


def test_what_comes_up_at_night_waits_for_the_morning() -> None:
    night = at(date(2019, 6, 19), 23)
    assert not FINLAND_2019.is_working_moment(night, HELSINKI)
    assert FINLAND_2019.next_working_moment(night, HELSINKI) == at(date(2019, 6, 20), 9)


def test_what_comes_up_on_the_evening_before_midsummer_waits_till_monday() -> None:
    assert FINLAND_2019.next_working_moment(at(date(2019, 6, 20), 15, 1), HELSINKI) == at(
        date(2019, 6, 24), 9
    )


def test_each_zone_has_its_own_working_hours() -> None:
    noon_in_helsinki = at(date(2019, 9, 4), 12)
    assert FINLAND_2019.next_working_moment(noon_in_helsinki, "America/New_York") == at(
        date(2019, 9, 4), 9, timezone="America/New_York"
    )
    assert FINLAND_2019.next_working_moment(noon_in_helsinki, "Asia/Tokyo") == at(
        date(2019, 9, 5), 9, timezone="Asia/Tokyo"
    )


def test_a_window_opens_before_it_closes() -> None:
    with pytest.raises(ValueError, match="opens before"):
        DayWindow(time(15), time(9))


zones = st.sampled_from(
    [HELSINKI, "Europe/Stockholm", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Africa/Cairo"]
)
windows = st.sampled_from(
    [WORKING_HOURS, DayWindow(time(0), time(23, 59)), DayWindow(time(2, 15), time(3, 30))]
)
instants = st.datetimes(
    min_value=datetime(2019, 1, 15),  # noqa: DTZ001
    max_value=datetime(2020, 12, 15),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(deadline=None)
@given(instants, zones, windows)
def test_the_next_working_moment_is_in_the_window_of_a_working_day_and_not_before(
    instant: datetime, timezone: str, window: DayWindow
) -> None:
    moment = FINLAND_2019.next_working_moment(instant, timezone, window)
    there = moment.astimezone(ZoneInfo(timezone))
    assert moment >= instant
    assert moment.tzinfo is UTC
    assert FINLAND_2019.is_working_day(there.date())
    assert FINLAND_2019.is_working_moment(moment, timezone, window)
    assert FINLAND_2019.next_working_moment(moment, timezone, window) == moment


@settings(deadline=None)
@given(instants, zones)
def test_working_hours_are_read_off_the_wall(instant: datetime, timezone: str) -> None:
    there = FINLAND_2019.next_working_moment(instant, timezone).astimezone(ZoneInfo(timezone))
    assert time(9) <= there.time() <= time(15)


@settings(deadline=None)
@given(instants, zones, st.floats(0, 1, exclude_max=True))
def test_there_is_no_working_moment_between_an_instant_and_its_next_one(
    instant: datetime, timezone: str, part: float
) -> None:
    moment = FINLAND_2019.next_working_moment(instant, timezone)
    between = instant + part * (moment - instant)
    if between < moment:  # it may have been rounded up to it
        assert not FINLAND_2019.is_working_moment(between, timezone)


@settings(deadline=None)
@given(st.dates(date(2019, 3, 1), date(2020, 9, 30)), st.integers(1, 40))
def test_adding_and_taking_away_working_days_cancel_out(day: date, number: int) -> None:
    start = FINLAND_2019.working_day_from(day)
    there = FINLAND_2019.add_working_days(start, number)
    assert FINLAND_2019.add_working_days(there, -number) == start
    days = (start + timedelta(days=n) for n in range(1, (there - start).days + 1))
    assert sum(FINLAND_2019.is_working_day(one) for one in days) == number
