"""When people are reminded of a session."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.offerings import Meeting
from bot.domain.reminders import ReminderKind, reminders_for
from bot.domain.wall_time import to_instant
from bot.services.holidays import work_calendar

HELSINKI = "Europe/Helsinki"
CALENDAR = work_calendar(2019)
LONG_AGO = datetime(2018, 1, 1, tzinfo=UTC)


def meeting(on: date, starts: time = time(9), number: int = 1, *, cancelled: bool = False) -> Meeting:
    at = to_instant(on, starts, HELSINKI)
    return Meeting(
        number, on, starts, time(23, 59), HELSINKI, at, at + timedelta(hours=3), {"fi": "Helsinki"},
        None, None, None, cancelled,
    )  # fmt: skip


def moments(
    one: Meeting, *, seated_at: datetime = LONG_AGO, zone: str = HELSINKI
) -> dict[ReminderKind, datetime]:
    found = reminders_for([one], seated_at=seated_at, timezone=zone, calendar=CALENDAR)
    return {each.kind: each.due_at.astimezone(ZoneInfo(zone)) for each in found}


def test_the_day_before_at_nine_and_an_hour_before() -> None:
    found = moments(meeting(date(2019, 3, 14), time(12)))
    assert found[ReminderKind.DAY_BEFORE].replace(tzinfo=None) == datetime(2019, 3, 13, 9)
    assert found[ReminderKind.HOUR_BEFORE].replace(tzinfo=None) == datetime(2019, 3, 14, 11)


def test_a_monday_session_is_remembered_on_friday() -> None:
    assert moments(meeting(date(2019, 3, 18)))[ReminderKind.DAY_BEFORE].date() == date(2019, 3, 15)


def test_after_midsummer_the_reminder_comes_before_the_eve() -> None:
    assert moments(meeting(date(2019, 6, 24)))[ReminderKind.DAY_BEFORE].date() == date(2019, 6, 20)


def test_nine_is_nine_where_the_person_is() -> None:
    found = moments(meeting(date(2019, 3, 14)), zone="Europe/Brussels")
    assert found[ReminderKind.DAY_BEFORE].replace(tzinfo=None) == datetime(2019, 3, 13, 9)
    assert found[ReminderKind.HOUR_BEFORE].replace(tzinfo=None) == datetime(2019, 3, 14, 7)


def test_nine_stays_nine_the_day_before_a_session_after_the_clock_change() -> None:
    found = moments(meeting(date(2019, 4, 1)))
    assert found[ReminderKind.DAY_BEFORE].utcoffset() == timedelta(hours=2)
    assert found[ReminderKind.HOUR_BEFORE].utcoffset() == timedelta(hours=3)


def test_who_is_seated_late_is_not_sent_what_has_passed() -> None:
    late = datetime(2019, 3, 13, 10, tzinfo=UTC)
    assert set(moments(meeting(date(2019, 3, 14)), seated_at=late)) == {ReminderKind.HOUR_BEFORE}


def test_a_cancelled_session_reminds_nobody() -> None:
    assert not moments(meeting(date(2019, 3, 14), cancelled=True))


days = st.dates(date(2019, 1, 2), date(2019, 12, 30))


@given(st.lists(days, max_size=30), st.sampled_from([HELSINKI, "Asia/Tokyo", "America/New_York"]))
def test_a_year_in_one_go_is_the_year_day_by_day(dates: list[date], zone: str) -> None:
    year = [meeting(day, number=n) for n, day in enumerate(dates)]
    at_once = reminders_for(year, seated_at=LONG_AGO, timezone=zone, calendar=CALENDAR)
    one_by_one = [
        each
        for one in year
        for each in reminders_for([one], seated_at=LONG_AGO, timezone=zone, calendar=CALENDAR)
    ]
    assert at_once == one_by_one
    assert all(each.due_at < each.expires_at <= each.meeting.starts_at for each in at_once)
