"""When facilitators hear of a session, and when people may say that they were there."""

from datetime import date, time, timedelta

import pytest

from bot.domain.deliveries import DeliveryKind
from bot.domain.facilitation.session_notes import may_tick, notes_of
from bot.services.calendars.holidays import WORK_CALENDAR
from tests.support.sessions import a_session
from tests.support.time_passing import helsinki

LINK = "https://meet.example/1"


@pytest.mark.parametrize(
    ("day", "brief", "marked"),
    [
        (date(2019, 4, 2), helsinki(2019, 4, 1, 12), helsinki(2019, 4, 3, 9)),
        (date(2019, 4, 8), helsinki(2019, 4, 5, 12), helsinki(2019, 4, 9, 9)),  # a Monday
        (date(2019, 4, 18), helsinki(2019, 4, 17, 12), helsinki(2019, 4, 23, 9)),  # Easter follows
    ],
)
def test_the_brief_comes_the_working_day_before_and_attendance_the_one_after(
    day: date, brief: object, marked: object
) -> None:
    session = a_session(day)
    first, second = notes_of(session, WORK_CALENDAR)
    assert (first.kind, first.due_at, first.expires_at) == (DeliveryKind.BRIEF, brief, session.starts_at)
    assert (second.kind, second.due_at) == (DeliveryKind.ATTENDANCE_DUE, marked)
    assert second.expires_at == session.ends_at + timedelta(days=14)


def test_a_session_over_midnight_is_marked_after_the_day_on_which_it_ends() -> None:
    session = a_session(date(2019, 4, 2), time(20), time(1))
    ends = session.starts_at + timedelta(hours=5)
    _, marked = notes_of(type(session)(**_fields(session) | {"ends_at": ends}), WORK_CALENDAR)
    assert marked.due_at == helsinki(2019, 4, 4, 9)


def _fields(session: object) -> dict[str, object]:
    return {name: getattr(session, name) for name in type(session).__slots__}  # type: ignore[attr-defined]


def test_a_cancelled_session_has_no_messages_and_no_ticks() -> None:
    session = a_session(date(2019, 4, 2), link=LINK, cancelled=True)
    assert notes_of(session, WORK_CALENDAR) == ()
    assert not may_tick(session, session.starts_at)


def test_only_a_remote_session_may_be_ticked_from_its_start_for_two_weeks() -> None:
    remote, live = a_session(date(2019, 4, 2), link=LINK), a_session(date(2019, 4, 2), place={"fi": "Pasila"})
    second = timedelta(seconds=1)
    end = remote.ends_at + timedelta(days=14)
    moments = [remote.starts_at - second, remote.starts_at, end - second, end]
    assert [may_tick(remote, at) for at in moments] == [False, True, True, False]
    assert not any(may_tick(live, at) for at in moments)
