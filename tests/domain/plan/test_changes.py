from datetime import date, time
from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.plan.changes import Change, ChangeKind, SessionTime, Whereabouts, compare_plans
from bot.domain.plan.model import OfferingKind, PlannedOffering, PlannedStrand, SignUpWindow
from tests.support.plans import a_plan, a_session, an_offering, texts


def changes(old: PlannedOffering, new: PlannedOffering) -> tuple[Change, ...]:
    return compare_plans(a_plan(old), a_plan(new))


def test_the_same_plan_changes_nothing() -> None:
    assert compare_plans(a_plan(), a_plan()) == ()


def test_a_first_plan_is_all_new() -> None:
    kinds = [change.kind for change in compare_plans(None, a_plan(note=texts("Huomio")))]
    assert kinds == [ChangeKind.PROGRAMME_ADDED, ChangeKind.STRAND_ADDED, ChangeKind.OFFERING_ADDED]


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("title", texts("Uusi"), ChangeKind.PROGRAMME_TITLE_CHANGED),
        ("note", texts("Uusi"), ChangeKind.PROGRAMME_NOTE_CHANGED),
        ("timezone", "Europe/Stockholm", ChangeKind.TIMEZONE_CHANGED),
    ],
)
def test_the_programmes_own_values(field: str, value: Any, kind: ChangeKind) -> None:
    old = a_plan()
    assert compare_plans(old, replace(old, **{field: value})) == (
        Change(kind, old=getattr(old, field), new=value),
    )


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("capacity", 25, ChangeKind.CAPACITY_RAISED),
        ("capacity", 15, ChangeKind.CAPACITY_LOWERED),
        ("seats_per_agency", 5, ChangeKind.SEATS_PER_AGENCY_CHANGED),
        ("agency_seats", (("thl", 2), ("vero", 3)), ChangeKind.AGENCY_SEATS_CHANGED),
        ("kind", OfferingKind.GROUP, ChangeKind.KIND_CHANGED),
        ("title", texts("Uusi"), ChangeKind.TITLE_CHANGED),
        ("summary", texts("Uusi"), ChangeKind.SUMMARY_CHANGED),
        ("facilitators", ("UNEW",), ChangeKind.FACILITATORS_CHANGED),
        ("sign_up", SignUpWindow(None, date(2019, 3, 2)), ChangeKind.SIGN_UP_CHANGED),
    ],
)
def test_an_offerings_own_values(field: str, value: Any, kind: ChangeKind) -> None:
    old = an_offering()
    assert changes(old, replace(old, **{field: value})) == (
        Change(kind, offering="dialogue-1", old=getattr(old, field), new=value),
    )


def test_offerings_are_cancelled_and_restored() -> None:
    stands, cancelled = an_offering(), an_offering(cancelled=True)
    assert changes(stands, cancelled) == (Change(ChangeKind.OFFERING_CANCELLED, offering="dialogue-1"),)
    assert changes(cancelled, stands) == (Change(ChangeKind.OFFERING_RESTORED, offering="dialogue-1"),)


def test_offerings_are_added_and_dropped() -> None:
    one, two = an_offering("a"), an_offering("b")
    assert compare_plans(a_plan(one), a_plan(one, two)) == (
        Change(ChangeKind.OFFERING_ADDED, offering="b", new=two),
    )
    assert compare_plans(a_plan(one, two), a_plan(one)) == (
        Change(ChangeKind.OFFERING_DROPPED, offering="b", old=two),
    )


def test_what_was_cancelled_before_may_leave_the_file_unnoticed() -> None:
    one, gone = an_offering("a"), an_offering("b", cancelled=True)
    assert compare_plans(a_plan(one, gone), a_plan(one)) == ()
    old = an_offering(sessions=(a_session(1), a_session(2, cancelled=True)))
    assert changes(old, an_offering(sessions=(a_session(1),))) == ()


def test_a_new_order_is_a_change_but_a_new_neighbour_is_not() -> None:
    a, b, c = an_offering("a"), an_offering("b"), an_offering("c")
    assert compare_plans(a_plan(a, b), a_plan(b, a)) == (
        Change(ChangeKind.ORDER_CHANGED, strand=1, old=("a", "b"), new=("b", "a")),
    )
    assert [change.kind for change in compare_plans(a_plan(a, b), a_plan(a, c, b))] == [
        ChangeKind.OFFERING_ADDED
    ]


def test_strands_come_go_and_are_renamed() -> None:
    one, two = (PlannedStrand(number, texts("Osa"), ()) for number in (1, 2))
    renamed = replace(one, title=texts("Uusi"))
    assert compare_plans(a_plan(strands=(one,)), a_plan(strands=(renamed, two))) == (
        Change(ChangeKind.STRAND_RENAMED, strand=1, old=one.title, new=renamed.title),
        Change(ChangeKind.STRAND_ADDED, strand=2, new=two.title),
    )
    assert compare_plans(a_plan(strands=(one, two)), a_plan(strands=(one,))) == (
        Change(ChangeKind.STRAND_DROPPED, strand=2, old=two.title),
    )


def test_a_strand_kept_for_cancelled_offerings_is_not_dropped_again() -> None:
    kept = PlannedStrand(2, texts("Osa"), (an_offering("b", cancelled=True),))
    plan = a_plan()
    assert compare_plans(replace(plan, strands=(*plan.strands, kept)), plan) == ()


def test_an_offering_moves_to_another_strand() -> None:
    old = (PlannedStrand(1, texts("A"), (an_offering("a"),)), PlannedStrand(2, texts("B"), ()))
    new = (PlannedStrand(1, texts("A"), ()), PlannedStrand(2, texts("B"), (an_offering("a"),)))
    assert compare_plans(a_plan(strands=old), a_plan(strands=new)) == (
        Change(ChangeKind.OFFERING_MOVED, offering="a", old=1, new=2),
    )


def session_change(kind: ChangeKind, old: object, new: object) -> tuple[Change, ...]:
    return (Change(kind, offering="dialogue-1", session=1, old=old, new=new),)


def session_changes(**new: Any) -> tuple[Change, ...]:
    before, after = an_offering(sessions=(a_session(1),)), an_offering(sessions=(a_session(1, **new),))
    return changes(before, after)


@pytest.mark.parametrize("moved", [{"on": date(2019, 4, 1)}, {"starts": time(10)}, {"ends": time(13)}])
def test_a_session_moves_from_old_to_new(moved: dict[str, Any]) -> None:
    old = SessionTime(date(2019, 3, 11), time(9), time(12))
    assert session_changes(**moved) == session_change(ChangeKind.SESSION_MOVED, old, replace(old, **moved))


@pytest.mark.parametrize(
    "moved", [{"place": texts("Muu")}, {"place": None, "link": "https://x.example"}, {"link_label": "Teams"}]
)
def test_a_sessions_place_changes(moved: dict[str, Any]) -> None:
    old = Whereabouts(texts("Sali"), None, None)
    assert session_changes(**moved) == session_change(
        ChangeKind.SESSION_PLACE_CHANGED, old, replace(old, **moved)
    )


def test_what_to_bring_changes() -> None:
    assert session_changes(bring=texts("Kynä")) == session_change(
        ChangeKind.SESSION_BRING_CHANGED, None, texts("Kynä")
    )


def test_sessions_are_cancelled_and_restored() -> None:
    stands, cancelled = a_session(1), a_session(1, cancelled=True)
    assert session_changes(cancelled=True) == session_change(ChangeKind.SESSION_CANCELLED, stands, None)
    assert changes(an_offering(sessions=(cancelled,)), an_offering(sessions=(stands,))) == session_change(
        ChangeKind.SESSION_RESTORED, None, stands
    )


def test_sessions_are_added_and_dropped_by_number() -> None:
    one, two = an_offering(sessions=(a_session(1),)), an_offering(sessions=(a_session(2), a_session(1)))
    assert changes(one, two) == (
        Change(ChangeKind.SESSION_ADDED, offering="dialogue-1", session=2, new=a_session(2)),
    )
    assert changes(two, one) == (
        Change(ChangeKind.SESSION_DROPPED, offering="dialogue-1", session=2, old=a_session(2)),
    )
