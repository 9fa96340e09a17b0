from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.offerings.offering import Session
from bot.domain.offerings.session_changes import (
    SessionChange,
    SessionChangeKind,
    compare_session,
    compare_sessions,
)
from tests.support.sessions import a_session

LIVE = a_session(date(2019, 3, 13), place={"fi": "Sali 1", "sv": "Sal 1"})
REMOTE = a_session(date(2019, 3, 13), link="https://skype.example/1", link_label="Skype")
BEFORE = datetime(2019, 2, 1, tzinfo=UTC)
ADDED, CANCELLED, REINSTATED, MOVED, PLACE, LINK = SessionChangeKind


def change(
    told: Session | None, current: Session | None, *, language: str = "fi", sees_link: bool = True
) -> SessionChange | None:
    return compare_session(told, current, language=language, sees_link=sees_link)


def kinds(told: Session | None, current: Session | None, **who: object) -> set[SessionChangeKind]:
    found = change(told, current, **who)
    return set(found.kinds) if found else set()


def moved(session: Session, on: date, starts: time = time(9)) -> Session:
    there = a_session(on, starts, timezone=session.timezone)
    return replace(session, on=on, starts=starts, starts_at=there.starts_at, ends_at=there.ends_at)


def test_an_equal_session_is_no_news() -> None:
    assert change(LIVE, replace(LIVE)) is None
    assert change(None, None) is None


def test_a_moved_session_is_told_from_old_to_new() -> None:
    later = moved(LIVE, date(2019, 3, 20))
    assert change(LIVE, later) == SessionChange((MOVED,), LIVE, later)


def test_a_longer_session_has_moved_too() -> None:
    assert kinds(LIVE, replace(LIVE, ends=time(16), ends_at=LIVE.ends_at + timedelta(hours=1))) == {MOVED}


def test_a_session_moved_there_and_back_is_no_news() -> None:
    assert change(LIVE, moved(moved(LIVE, date(2019, 3, 20)), LIVE.on)) is None


def test_a_session_moved_across_the_clock_change_has_moved_once_and_keeps_its_hour() -> None:
    found = change(LIVE, moved(LIVE, date(2019, 4, 3)))
    assert found is not None
    assert found.old is not None
    assert found.new is not None
    assert found.kinds == (MOVED,)
    assert found.new.starts == found.old.starts
    assert found.new.starts_at - found.old.starts_at == timedelta(days=21, hours=-1)


def test_when_the_law_shifts_the_clocks_what_was_agreed_has_not_moved() -> None:
    shifted = replace(LIVE, starts_at=LIVE.starts_at - timedelta(hours=1))
    assert change(LIVE, shifted) is None


def test_another_zone_moves_a_session_unless_the_instant_stays() -> None:
    same_wall = a_session(LIVE.on, timezone="Europe/Stockholm", place=LIVE.place)
    same_instant = a_session(LIVE.on, time(8), time(14), timezone="Europe/Stockholm", place=LIVE.place)
    assert kinds(LIVE, same_wall) == {MOVED}
    assert kinds(LIVE, same_instant) == set()


def test_another_place_is_told_to_those_in_whose_language_it_is_another() -> None:
    renamed = replace(LIVE, place={"fi": "Sali 1", "sv": "Sal ett"})
    assert kinds(LIVE, renamed, language="sv") == {PLACE}
    assert kinds(LIVE, renamed, language="fi") == set()
    assert kinds(LIVE, renamed, language="en") == set(), "who reads the Finnish name"


def test_another_link_is_told_to_the_seated_only() -> None:
    relinked = replace(REMOTE, link="https://skype.example/2")
    assert kinds(REMOTE, relinked, sees_link=True) == {LINK}
    assert kinds(REMOTE, relinked, sees_link=False) == set()


def test_a_session_that_goes_remote_is_told_to_everybody() -> None:
    for sees_link in (True, False):
        assert kinds(LIVE, REMOTE, sees_link=sees_link) == {LINK}
        assert kinds(REMOTE, LIVE, sees_link=sees_link) == {PLACE}


def test_another_tool_behind_the_link_is_told_to_everybody() -> None:
    assert kinds(REMOTE, replace(REMOTE, link_label="Teams"), sees_link=False) == {LINK}


def test_time_and_place_at_once_are_one_change() -> None:
    assert kinds(LIVE, replace(moved(LIVE, date(2019, 3, 20)), place={"fi": "B", "sv": "B"})) == {
        MOVED,
        PLACE,
    }


def test_what_to_bring_is_left_to_the_reminders() -> None:
    assert change(LIVE, replace(LIVE, bring={"fi": "Kynä", "sv": "Penna"})) is None


def test_a_cancelled_session_is_cancelled_and_nothing_else() -> None:
    elsewhere = replace(moved(LIVE, date(2019, 3, 20)), cancelled=True)
    assert kinds(LIVE, elsewhere) == {CANCELLED}


def test_a_session_that_left_the_plan_is_cancelled() -> None:
    assert change(LIVE, None) == SessionChange((CANCELLED,), LIVE, None)


def test_a_cancelled_session_that_leaves_the_plan_is_no_news() -> None:
    assert change(replace(LIVE, cancelled=True), None) is None


def test_a_cancelled_session_that_moves_is_no_news() -> None:
    gone = replace(LIVE, cancelled=True)
    assert change(gone, moved(gone, date(2019, 3, 20))) is None


def test_a_session_that_stands_again_is_told_with_its_time() -> None:
    later = moved(LIVE, date(2019, 3, 20))
    assert change(replace(LIVE, cancelled=True), later) == SessionChange(
        (REINSTATED,), replace(LIVE, cancelled=True), later
    )


def test_a_new_session_is_told_unless_it_was_cancelled_before_anybody_knew() -> None:
    assert change(None, LIVE) == SessionChange((ADDED,), None, LIVE)
    assert change(None, replace(LIVE, cancelled=True)) is None


def test_the_changes_of_an_offering_come_by_number() -> None:
    first, second, third = (replace(LIVE, number=number) for number in (1, 2, 3))
    found = compare_sessions(
        [first, second], [third, moved(first, date(2019, 3, 20))], BEFORE, language="fi", sees_link=True
    )
    assert [(one.number, one.kinds) for one in found] == [(1, (MOVED,)), (2, (CANCELLED,)), (3, (ADDED,))]


def test_what_is_over_is_no_news_but_what_is_brought_back_from_the_past_is() -> None:
    later = moved(LIVE, date(2019, 3, 20))
    after = LIVE.ends_at
    assert compare_sessions([LIVE], [], after, language="fi", sees_link=True) == []
    assert compare_sessions([LIVE], [later], after, language="fi", sees_link=True) != []
    assert compare_sessions([LIVE], [], after - timedelta(minutes=1), language="fi", sees_link=True) != []


some_session = st.builds(
    a_session,
    st.dates(date(2019, 3, 1), date(2019, 4, 30)),
    st.sampled_from([time(9), time(13)]),
    link=st.sampled_from([None, "https://a.example", "https://b.example"]),
    place=st.sampled_from([None, {"fi": "A", "sv": "A"}, {"fi": "A", "sv": "B"}]),
    cancelled=st.booleans(),
)


@settings(deadline=None)
@given(st.none() | some_session, st.none() | some_session, st.sampled_from(["fi", "sv"]), st.booleans())
def test_having_been_told_there_is_no_more_news(
    told: Session | None, current: Session | None, language: str, sees_link: bool
) -> None:
    found = change(told, current, language=language, sees_link=sees_link)
    assert change(current, current, language=language, sees_link=sees_link) is None
    if found is not None:
        assert (found.old, found.new) == (told, current)
        assert found.kinds in [(kind,) for kind in SessionChangeKind] + [(MOVED, PLACE), (MOVED, LINK)]
