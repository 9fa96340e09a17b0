"""A change to a session made in Slack: what is said to be wrong with it, and how it travels."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.errors import KaikuError, Refusal
from bot.domain.plan.changes import PlanDifference, TouchingChange, compare_plans
from bot.domain.plan.consequences import must_be_told
from bot.domain.plan.edits import (
    EditFault,
    PlanEdit,
    SeatsEdit,
    SessionEdit,
    VenueAct,
    broken_rules,
    edited,
    faults_of,
    faults_of_rules,
)
from bot.domain.plan.model import DrawRules, OfferingKind, Plan, PlannedOffering, SignUpWindow, Venue
from bot.services.calendars.holidays import WORK_CALENDAR
from tests.support.plans import a_plan, a_remote_session, a_session, an_offering, texts

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
WAS = a_session(on=date(2019, 4, 24), starts=time(9), ends=time(12))
ZONE = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (date(2019, 4, 27), EditFault.WEEKEND),
        (date(2019, 5, 1), EditFault.HOLIDAY),
        (date(2019, 4, 30), EditFault.EVE),
        (date(2019, 6, 21), EditFault.HOLIDAY),  # Midsummer's Eve, which is a day off
        (date(2019, 2, 8), EditFault.PAST),
        (date(2019, 4, 25), None),
    ],
)
def test_a_new_day_is_a_working_day_ahead_and_no_eve(day: date, fault: EditFault | None) -> None:
    found = faults_of(SessionEdit(day, time(9), time(12)), WAS, ZONE, WORK_CALENDAR, NOW)
    assert found == ([fault] if fault else [])


def test_a_day_that_stays_is_not_judged_again() -> None:
    was = a_session(on=date(2019, 4, 30), starts=time(9), ends=time(12))
    assert faults_of(SessionEdit(was.on, time(10), time(12)), was, ZONE, WORK_CALENDAR, NOW) == []


def test_a_session_ends_after_it_starts_and_its_link_is_https() -> None:
    edit = SessionEdit(WAS.on, time(12), time(9), link="http://a.example")  # 21 hours
    found = faults_of(edit, WAS, ZONE, WORK_CALENDAR, NOW)
    assert found == [EditFault.ENDS_FIRST, EditFault.LINK_WRONG]


def test_a_link_for_all_changes_the_remote_sessions_that_are_ahead_and_no_other() -> None:
    days = [date(2019, 1, 14), date(2019, 3, 11), date(2019, 4, 8)]
    sessions = [a_remote_session(n, on=day) for n, day in enumerate(days, 1)]
    offering = an_offering(sessions=(*sessions, a_session(4, on=date(2019, 5, 6))))
    plan = a_plan(offering)
    third = sessions[2]
    to = SessionEdit(third.on, third.starts, third.ends, link="https://b.example", everywhere=True)
    new = edited(plan, plan.offerings[0], PlanEdit("dialogue-1", 3, 1, to), NOW).offerings[0]
    assert [each.link for each in new.sessions] == [
        sessions[0].link,
        "https://b.example",
        "https://b.example",
        None,
    ]


HALL = a_session(1, on=date(2019, 4, 24), venue=Venue(980, date(2019, 4, 10), 24))


def done(act: VenueAct, **to: Any) -> tuple[list[EditFault], PlannedOffering]:
    """What is wrong with it, and the offering with it."""
    plan = a_plan(an_offering(sessions=(HALL,), seats_per_agency=18, agency_seats=(("vero", 20),)))
    edit = SessionEdit(HALL.on, HALL.starts, HALL.ends, act=act, **to)
    new = edited(plan, plan.offerings[0], PlanEdit("dialogue-1", 1, 1, edit), NOW)
    found = faults_of(edit, HALL, ZONE, WORK_CALENDAR, NOW)
    assert found or not broken_rules(plan, new)
    return found, new.offerings[0]


def test_a_smaller_venue_leaves_no_more_seats_than_it_holds() -> None:
    small = Venue(0, None, 15)
    faults, new = done(VenueAct.SHRINK, place={"fi": "Kamari", "sv": "Kammare"}, venue=small)
    assert (faults, new.capacity, new.seats_per_agency, new.agency_seats) == ([], 15, 15, (("vero", 15),))
    assert (new.sessions[0].venue, (new.sessions[0].place or {})["fi"]) == (small, "Kamari")
    _, new = done(VenueAct.SHRINK, venue=Venue(0, None, 99))
    assert (new.capacity, new.seats_per_agency) == (20, 18)


def test_a_session_made_remote_has_a_link_instead_of_its_venue() -> None:
    faults, new = done(VenueAct.REMOTE, link="https://b.example")
    [session] = new.sessions
    assert (faults, session.place, session.venue, session.link) == ([], None, None, "https://b.example")
    assert done(VenueAct.REMOTE)[0] == [EditFault.LINK_WRONG]
    assert done(VenueAct.REMOTE, link="https://b.example/a b")[0] == [EditFault.LINK_WRONG]


def test_a_session_does_not_move_before_the_day_its_venue_can_be_cancelled_until() -> None:
    day = date(2019, 4, 9)
    to = SessionEdit(day, HALL.starts, HALL.ends)
    assert faults_of(to, HALL, ZONE, WORK_CALENDAR, NOW) == [EditFault.VENUE_TOO_LATE]
    to = replace(to, venue=Venue(980, date(2019, 4, 2), 24))
    assert faults_of(to, HALL, ZONE, WORK_CALENDAR, NOW) == []


def test_people_are_told_that_a_session_is_no_longer_in_person() -> None:
    before = a_plan(an_offering(sessions=(HALL,)))
    remote = replace(HALL, place=None, venue=None, link="https://b.example")
    for session, told in ((remote, True), (replace(HALL, place=texts("Kamari")), False)):
        changes = compare_plans(before, a_plan(an_offering(sessions=(session,))))
        difference = PlanDifference("kaiku-2019", tuple(TouchingChange(each, 1, 0) for each in changes))
        assert bool(must_be_told(difference)) is told


def test_a_session_on_top_of_another_of_its_offering_breaks_the_rules_of_a_plan() -> None:
    first, second = a_session(1, on=date(2019, 3, 11)), a_session(2, on=date(2019, 4, 8))
    plan = a_plan(an_offering(sessions=(first, second)))
    to = SessionEdit(first.on, first.starts, first.ends)
    assert broken_rules(plan, edited(plan, plan.offerings[0], PlanEdit("dialogue-1", 2, 1, to), NOW))
    assert not broken_rules(plan, plan)


@pytest.mark.parametrize(
    ("was", "to", "faults"),
    [
        ((9, 12), (22, 1), [EditFault.PAST_MIDNIGHT]),
        ((22, 1), (21, 2), []),
        ((22, 1), (22, 22), [EditFault.ENDS_FIRST]),
        ((22, 1), (9, 12), []),
    ],
)
def test_an_end_on_the_next_day_has_to_be_meant(
    was: tuple[int, int], to: tuple[int, int], faults: list[EditFault]
) -> None:
    session = a_session(on=WAS.on, starts=time(was[0]), ends=time(was[1]))
    edit = SessionEdit(WAS.on, time(to[0]), time(to[1]))
    assert faults_of(edit, session, ZONE, WORK_CALENDAR, NOW) == faults
    assert all(each.can_be_meant for each in faults if each is EditFault.PAST_MIDNIGHT)


def changed(session: Any, **to: Any) -> Any:
    """The session after this change."""
    plan = a_plan(an_offering(sessions=(session,)))
    edit = SessionEdit(session.on, session.starts, session.ends, **to)
    assert faults_of(edit, session, ZONE, WORK_CALENDAR, NOW) == []
    new = edited(plan, plan.offerings[0], PlanEdit("dialogue-1", session.number, 1, edit), NOW)
    assert broken_rules(plan, new) == []
    return new.offerings[0].sessions[0]


def test_a_session_goes_from_a_place_to_a_link_and_back_and_takes_nothing_of_the_other_along() -> None:
    remote = changed(HALL, link="https://teams.example/1", label="Teams")
    assert (remote.place, remote.venue, remote.link_label) == (None, None, "Teams")
    back = changed(remote, place=texts("Kamari"))
    assert (back.place, back.link, back.link_label) == (texts("Kamari"), None, None)
    other = changed(a_remote_session(on=WAS.on), link="https://teams.example/1", label="Teams")
    assert (other.link, other.link_label) == ("https://teams.example/1", "Teams")


def test_a_new_place_leaves_no_name_of_the_old_one_in_another_language() -> None:
    hall = replace(HALL, place=texts("Sali") | {"en": "Hall"})
    assert changed(hall, place=texts("Kamari")).place == texts("Kamari")
    assert changed(hall, place=texts("Sali")).place == hall.place


def of(sessions: tuple[Any, ...], **facts: Any) -> Plan:
    return a_plan(an_offering(sessions=sessions, **facts))


LAST = SignUpWindow(None, date(2019, 3, 12))
DRAWN = SignUpWindow(None, date(2019, 3, 10))
ONE, TWO = a_session(1), a_session(2)
LIVE = {"place": texts("Sali"), "link": None, "link_label": None}
BEFORE = replace(TWO, on=date(2019, 3, 1))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (of((ONE, TWO)), of((ONE, replace(TWO, on=ONE.on))), EditFault.OVERLAPS),
        (of((ONE, TWO)), of((ONE, replace(TWO, on=date(2029, 3, 12)))), EditFault.FAR_AWAY),
        (of((ONE,)), of((replace(ONE, on=date(2019, 3, 31), starts=time(3, 30)),)), EditFault.TIME_SKIPPED),
        (
            of((replace(BEFORE, on=LAST.closes),), sign_up=LAST),
            of((BEFORE,), sign_up=LAST),
            EditFault.OVER_BEFORE_SIGN_UP,
        ),
        (
            of((a_remote_session(1),), kind=OfferingKind.REMOTE),
            of((a_remote_session(1), a_remote_session(2)), kind=OfferingKind.REMOTE),
            EditFault.ONLY_SESSION,
        ),
        (
            of((a_remote_session(1),), kind=OfferingKind.SERIES),
            of((replace(a_remote_session(1), **LIVE),), kind=OfferingKind.SERIES),
            EditFault.ALWAYS_REMOTE,
        ),
        (
            of((ONE, TWO), draw=DrawRules(), sign_up=DRAWN),
            of((ONE, BEFORE), draw=DrawRules(), sign_up=DRAWN),
            EditFault.DRAW_TOO_LATE,
        ),
    ],
)
def test_what_a_file_would_be_refused_for_is_said_as_what_is_wrong_with_the_session(
    old: Plan, new: Plan, fault: EditFault
) -> None:
    assert faults_of_rules(old, new) == [fault]


@pytest.mark.parametrize(
    ("seats", "fault"),
    [
        (SeatsEdit(12, 4, LAST), None),
        (SeatsEdit(12, 13, LAST), EditFault.SEATS_PER_AGENCY),
        (SeatsEdit(12, 4, SignUpWindow(None, date(2019, 4, 25))), EditFault.CLOSES_TOO_LATE),
        (SeatsEdit(12, 4, SignUpWindow(date(2019, 4, 25), None)), EditFault.OPENS_TOO_LATE),
        (SeatsEdit(12, 4, SignUpWindow(date(2019, 3, 20), date(2019, 3, 1))), EditFault.CLOSES_FIRST),
        (SeatsEdit(25, 4, LAST), EditFault.VENUE_TOO_SMALL),
    ],
)
def test_seats_and_sign_up_change_by_the_rules_of_a_plan(seats: SeatsEdit, fault: EditFault | None) -> None:
    plan = of((HALL,), agency_seats=(("vero", 15),))
    edit = PlanEdit("dialogue-1", 0, 1, seats=seats)
    assert PlanEdit.parse(str(edit)) == edit
    new = edited(plan, plan.offerings[0], edit, NOW)
    assert faults_of_rules(plan, new, of_seats=True) == ([fault] if fault else [])
    found = new.offerings[0]
    assert (found.capacity, found.sign_up) == (seats.capacity, seats.window)
    assert dict(found.agency_seats)["vero"] <= found.capacity


@pytest.mark.parametrize(
    "edit",
    [
        PlanEdit("dialogue-2", 0, 3, cancelled=True, reason={"fi": "Syy"}),
        PlanEdit(
            "dialogue-2",
            1,
            3,
            SessionEdit(WAS.on, WAS.starts, WAS.ends, {"fi": "A", "sv": "Å"}),
            despite=True,
        ),
        PlanEdit(
            "d",
            1,
            3,
            SessionEdit(WAS.on, WAS.starts, WAS.ends, venue=Venue(9, WAS.on, 4), act=VenueAct.SHRINK),
        ),
        PlanEdit(
            "d",
            1,
            3,
            SessionEdit(
                WAS.on, WAS.starts, WAS.ends, None, "https://a.example", everywhere=True, label="Teams"
            ),
        ),
    ],
)
def test_a_change_is_read_as_it_was_written(edit: PlanEdit) -> None:
    assert PlanEdit.parse(str(edit)) == edit


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"c":1}', '{"c":"a","n":-1,"v":1,"x":true,"r":{},"d":false}', "[" * 9999]
)
def test_whatever_else_comes_back_is_refused(text: str) -> None:
    with pytest.raises(KaikuError) as refused:
        PlanEdit.parse(text)
    assert refused.value.code is Refusal.CHANGED_MEANWHILE
