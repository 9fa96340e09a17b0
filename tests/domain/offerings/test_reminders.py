from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.offerings.offering import Session
from bot.domain.offerings.reminders import (
    SEAT_NEWS_HOURS,
    Reminder,
    ReminderKind,
    reminders_of,
    seat_news_at,
)
from bot.services.calendars.holidays import WORK_CALENDAR
from tests.support.sessions import HELSINKI, a_session

LONG_AGO = datetime(2018, 1, 1, tzinfo=UTC)
CALENDAR = WORK_CALENDAR


def at(day: date, hour: int, minute: int = 0, timezone: str = HELSINKI) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(timezone)).astimezone(UTC)


def reminders(session: Session, told_at: datetime = LONG_AGO) -> dict[ReminderKind, datetime]:
    return {reminder.kind: reminder.due_at for reminder in reminders_of(session, told_at, CALENDAR)}


def test_one_is_reminded_at_nine_the_day_before_and_an_hour_before() -> None:
    day = date(2019, 3, 13)
    assert reminders_of(a_session(day, time(12, 30), number=3), LONG_AGO, CALENDAR) == (
        Reminder(3, ReminderKind.DAY_BEFORE, at(date(2019, 3, 12), 9), at(day, 11, 30)),
        Reminder(3, ReminderKind.HOUR_BEFORE, at(day, 11, 30), at(day, 12, 30)),
    )


@pytest.mark.parametrize(
    ("session", "reminded"),
    [
        (date(2019, 3, 18), date(2019, 3, 15)),  # a Monday: on Friday
        (date(2019, 4, 23), date(2019, 4, 18)),  # the Tuesday after Easter: on Maundy Thursday
        (date(2019, 4, 24), date(2019, 4, 23)),
        (date(2019, 5, 2), date(2019, 4, 30)),  # after May Day
        (date(2019, 6, 24), date(2019, 6, 20)),  # after Midsummer: before Midsummer Eve
        (date(2019, 12, 27), date(2019, 12, 23)),  # after Christmas: before Christmas Eve
        (date(2020, 1, 2), date(2019, 12, 30)),  # after the New Year: before its eve
        (date(2020, 1, 7), date(2020, 1, 3)),  # after Epiphany, a Monday
        (date(2019, 6, 22), date(2019, 6, 20)),  # on a holiday, if somebody plans it so
        (date(2019, 7, 10), date(2019, 7, 9)),  # July is quiet for prompts, not for sessions
    ],
)
def test_the_day_before_is_a_working_day(session: date, reminded: date) -> None:
    assert reminders(a_session(session))[ReminderKind.DAY_BEFORE] == at(reminded, 9)


@pytest.mark.parametrize("day", [date(2019, 6, 22), date(2019, 12, 24), date(2019, 3, 17)])
def test_the_hour_before_is_kept_on_any_day(day: date) -> None:
    assert reminders(a_session(day, time(8)))[ReminderKind.HOUR_BEFORE] == at(day, 7)


def test_nine_is_nine_over_the_spring_change() -> None:
    monday = reminders(a_session(date(2019, 4, 1), time(9)))
    assert monday[ReminderKind.DAY_BEFORE] == datetime(2019, 3, 29, 7, tzinfo=UTC)
    assert monday[ReminderKind.HOUR_BEFORE] == datetime(2019, 4, 1, 5, tzinfo=UTC)


def test_nine_is_nine_over_the_autumn_change() -> None:
    monday = reminders(a_session(date(2019, 10, 28), time(9)))
    assert monday[ReminderKind.DAY_BEFORE] == datetime(2019, 10, 25, 6, tzinfo=UTC)
    assert monday[ReminderKind.HOUR_BEFORE] == datetime(2019, 10, 28, 6, tzinfo=UTC)


def test_an_hour_before_is_an_hour_even_over_the_change_itself() -> None:
    sunday = date(2019, 3, 31)
    assert reminders(a_session(sunday, time(4, 15)))[ReminderKind.HOUR_BEFORE] == at(sunday, 2, 15)


def test_a_session_moved_across_the_clock_change_keeps_its_wall_time() -> None:
    before = reminders(a_session(date(2019, 10, 24), time(13)))
    after = reminders(a_session(date(2019, 10, 31), time(13)))
    week = timedelta(days=7)
    for kind in (ReminderKind.DAY_BEFORE, ReminderKind.HOUR_BEFORE):
        assert after[kind] - before[kind] == week + timedelta(hours=1)
        assert after[kind].astimezone(ZoneInfo(HELSINKI)).time() == time(
            9 if kind is ReminderKind.DAY_BEFORE else 12
        )


def test_the_sessions_zone_decides_wherever_the_person_is() -> None:
    there = a_session(date(2019, 3, 13), time(9), timezone="America/New_York")
    assert reminders(there) == {
        ReminderKind.DAY_BEFORE: at(date(2019, 3, 12), 9, timezone="America/New_York"),
        ReminderKind.HOUR_BEFORE: at(date(2019, 3, 13), 8, timezone="America/New_York"),
    }


def test_a_cancelled_session_reminds_nobody() -> None:
    assert reminders(a_session(date(2019, 3, 13), cancelled=True)) == {}


@pytest.mark.parametrize(
    ("told_at", "kept"),
    [
        (at(date(2019, 3, 12), 8, 59), {ReminderKind.DAY_BEFORE, ReminderKind.HOUR_BEFORE}),
        (at(date(2019, 3, 12), 9), {ReminderKind.HOUR_BEFORE}),
        (at(date(2019, 3, 13), 7, 59), {ReminderKind.HOUR_BEFORE}),
        (at(date(2019, 3, 13), 8, 20), set()),
    ],
)
def test_somebody_seated_late_gets_the_confirmation_instead_of_a_reminder(
    told_at: datetime, kept: set[ReminderKind]
) -> None:
    assert reminders(a_session(date(2019, 3, 13), time(9)), told_at).keys() == kept


@pytest.mark.parametrize(
    ("freed_at", "told_at"),
    [
        (at(date(2019, 3, 12), 10, 20), at(date(2019, 3, 12), 10, 20)),  # a Tuesday at work: at once
        (at(date(2019, 3, 12), 16, 59), at(date(2019, 3, 12), 16, 59)),
        (at(date(2019, 3, 12), 23), at(date(2019, 3, 13), 9)),  # at 23:00: the next morning
        (at(date(2019, 3, 13), 6), at(date(2019, 3, 13), 9)),
        (at(date(2019, 3, 15), 18), at(date(2019, 3, 18), 9)),  # Friday evening: Monday
        (at(date(2019, 4, 18), 17, 30), at(date(2019, 4, 23), 9)),  # before Easter: after it
        (at(date(2019, 7, 10), 12), at(date(2019, 7, 10), 12)),  # July is quiet for prompts only
    ],
)
def test_a_freed_seat_is_news_in_office_hours(freed_at: datetime, told_at: datetime) -> None:
    in_autumn = at(date(2019, 9, 3), 9)
    assert seat_news_at(freed_at, in_autumn, HELSINKI, CALENDAR) == told_at
    assert seat_news_at(freed_at, None, HELSINKI, CALENDAR) == told_at


def test_office_hours_are_the_persons_own() -> None:
    freed_at = at(date(2019, 3, 12), 12)
    there = "America/New_York"
    assert seat_news_at(freed_at, None, there, CALENDAR) == at(date(2019, 3, 12), 9, timezone=there)


@pytest.mark.parametrize(
    ("freed_at", "starts_at", "waits"),
    [
        (at(date(2019, 3, 12), 23), at(date(2019, 3, 14), 8), True),  # told on Wednesday of Thursday
        (at(date(2019, 3, 12), 23), at(date(2019, 3, 13), 14), False),  # told on the day itself: too late
        (at(date(2019, 3, 15), 18), at(date(2019, 3, 18), 9), False),  # Friday evening, for Monday
        (at(date(2019, 3, 15), 18), at(date(2019, 3, 16), 9), False),  # for Saturday
    ],
)
def test_what_would_be_told_on_the_day_of_the_session_is_told_at_once(
    freed_at: datetime, starts_at: datetime, *, waits: bool
) -> None:
    assert (seat_news_at(freed_at, starts_at, HELSINKI, CALENDAR) > freed_at) is waits


@given(
    st.datetimes(datetime(2019, 1, 1), datetime(2019, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(minutes=1), timedelta(days=40)),
    st.sampled_from([HELSINKI, "America/New_York", "Asia/Tokyo"]),
)
def test_seat_news_comes_in_office_hours_or_at_once_and_never_after_the_start(
    freed_at: datetime, ahead: timedelta, timezone: str
) -> None:
    starts_at = freed_at + ahead
    told_at = seat_news_at(freed_at, starts_at, timezone, CALENDAR)
    assert freed_at <= told_at < starts_at
    assert told_at == freed_at or CALENDAR.is_working_moment(told_at, timezone, SEAT_NEWS_HOURS)


sessions = st.builds(
    a_session,
    st.dates(date(2019, 1, 1), date(2019, 12, 31)),
    st.times(min_value=time(7), max_value=time(18)),
    st.just(time(19)),
    number=st.integers(1, 60),
    timezone=st.sampled_from([HELSINKI, "America/New_York", "Asia/Tokyo"]),
    cancelled=st.booleans(),
)
years = st.lists(sessions, max_size=12, unique_by=lambda session: session.number)
told = st.datetimes(datetime(2018, 6, 1), datetime(2019, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@settings(deadline=None)
@given(sessions, told)
def test_reminders_come_before_the_session_in_order_and_never_after_they_expire(
    session: Session, told_at: datetime
) -> None:
    found = reminders_of(session, told_at, CALENDAR)
    assert all(told_at < reminder.due_at < reminder.expires_at <= session.starts_at for reminder in found)
    assert [reminder.due_at for reminder in found] == sorted(reminder.due_at for reminder in found)
    for reminder in found:
        if reminder.kind is ReminderKind.DAY_BEFORE:
            assert CALENDAR.is_working_moment(reminder.due_at, session.timezone)
            assert reminder.due_at.astimezone(ZoneInfo(session.timezone)).time() == time(9)


def test_who_wants_the_link_of_a_remote_session_gets_it_before_to_which_the_hour_gives_way() -> None:
    day = date(2019, 3, 13)
    live, remote = a_session(day), replace(a_session(day), place=None, link="https://skype.example/1")
    assert len(reminders_of(live, LONG_AGO, CALENDAR, wants_link=True)) == 2
    assert len(reminders_of(remote, LONG_AGO, CALENDAR)) == 2
    *_, hour, link = reminders_of(remote, LONG_AGO, CALENDAR, wants_link=True)
    assert hour.expires_at == link.due_at == remote.starts_at - timedelta(minutes=10)
    assert link.kind is ReminderKind.LINK_BEFORE
    assert remote.starts_at < link.expires_at <= remote.starts_at + timedelta(minutes=10)
