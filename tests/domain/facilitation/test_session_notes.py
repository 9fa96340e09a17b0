"""When facilitators hear of a session, and when people may say that they were there."""

from datetime import date, time, timedelta

import pytest
from msgspec.structs import replace

from bot.domain.deliveries import DeliveryKind
from bot.domain.facilitation.session_notes import may_tick, notes_of, venue_notes_of
from bot.domain.plan.model import Venue
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


@pytest.mark.parametrize(
    ("until", "asked", "again"),
    [
        (date(2019, 3, 26), helsinki(2019, 3, 19, 10), helsinki(2019, 3, 25, 10)),
        (date(2019, 4, 23), helsinki(2019, 4, 16, 10), helsinki(2019, 4, 18, 10)),  # after Easter
        (date(2019, 4, 28), helsinki(2019, 4, 18, 10), helsinki(2019, 4, 26, 10)),  # a Sunday
    ],
)
def test_a_venue_is_asked_about_a_week_and_a_working_day_before_until_it_is_kept(
    until: date, asked: object, again: object
) -> None:
    venue = Venue(980, until)
    session = replace(a_session(date(2019, 5, 6), place={"fi": "Pasila"}), venue=venue)
    found = {each.kind: each.due_at for each in venue_notes_of(session, WORK_CALENDAR)}
    assert found == {DeliveryKind.VENUE_ASKED: asked, DeliveryKind.VENUE_ASKED_LAST: again}
    kept_before = replace(session, kept_until=until - timedelta(days=1))
    assert venue_notes_of(kept_before, WORK_CALENDAR)
    for settled in (
        replace(session, kept_until=until),
        replace(session, cancelled=True),
        replace(session, venue=Venue(980)),
        replace(session, venue=None),
    ):
        assert venue_notes_of(settled, WORK_CALENDAR) == ()


def test_a_session_over_midnight_is_marked_after_the_day_on_which_it_ends() -> None:
    session = a_session(date(2019, 4, 2), time(20), time(1))
    ends = session.starts_at + timedelta(hours=5)
    _, marked = notes_of(type(session)(**_fields(session) | {"ends_at": ends}), WORK_CALENDAR)
    assert marked.due_at == helsinki(2019, 4, 4, 9)


def _fields(session: object) -> dict[str, object]:
    return {name: getattr(session, name) for name in type(session).__struct_fields__}  # type: ignore[attr-defined]


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
