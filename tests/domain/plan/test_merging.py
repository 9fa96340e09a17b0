"""A file and the store that both changed since the last file."""

from collections.abc import Callable
from datetime import timedelta
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.plan.changes import ChangeKind, compare_plans
from bot.domain.plan.merging import conflicts, in_force, name_of, with_changes
from bot.domain.plan.model import (
    DrawRules,
    OfferingKind,
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
)
from tests.support.plans import a_plan, a_remote_session, a_session, an_offering, texts

Edit = Callable[[Plan], Plan]
EVENT = OfferingKind.EVENT


def on(code: str, change: Callable[[PlannedOffering], PlannedOffering | None]) -> Edit:
    def edit(plan: Plan) -> Plan:
        def each(offerings: tuple[PlannedOffering, ...]) -> tuple[PlannedOffering, ...]:
            new = (change(one) if one.code == code else one for one in offerings)
            return tuple(one for one in new if one is not None)

        return replace(plan, strands=tuple(replace(s, offerings=each(s.offerings)) for s in plan.strands))

    return edit


def moved(code: str, number: int, days: int) -> Edit:
    def change(offering: PlannedOffering) -> PlannedOffering:
        sessions = (
            replace(each, on=each.on + timedelta(days)) if each.number == number else each
            for each in offering.sessions
        )
        return replace(offering, sessions=tuple(sessions))

    return on(code, change)


def without_session(code: str, number: int) -> Edit:
    return on(
        code, lambda one: replace(one, sessions=tuple(each for each in one.sessions if each.number != number))
    )


def without_third(offering: PlannedOffering) -> list[PlannedSession]:
    return [each for each in offering.sessions if each.number != 3]


def added(code: str) -> Edit:
    def edit(plan: Plan) -> Plan:
        first, *others = plan.strands
        known = [each for each in first.offerings if each.code != code]
        return replace(plan, strands=(replace(first, offerings=(*known, an_offering(code))), *others))

    return edit


def to_strand(code: str, number: int) -> Edit:
    def edit(plan: Plan) -> Plan:
        offering = next((each for each in plan.offerings if each.code == code), None)
        if offering is None:
            return plan
        gone = on(code, lambda _: None)(plan)
        return replace(
            gone,
            strands=tuple(
                replace(each, offerings=(*each.offerings, offering)) if each.number == number else each
                for each in gone.strands
            ),
        )

    return edit


BASE = a_plan(
    strands=(
        PlannedStrand(1, texts("A"), (an_offering("a"), an_offering("b", sessions=(a_session(1),)))),
        PlannedStrand(2, texts("B"), (an_offering("c", sessions=(a_remote_session(1), a_session(2))),)),
    )
)
EDITS: tuple[Edit, ...] = (
    *(moved(code, number, days) for code in "ac" for number in (1, 2) for days in (20, 40)),
    *(on(code, lambda one: replace(one, capacity=one.capacity + 1)) for code in "abc"),
    *(on(code, lambda one: replace(one, title=texts("Uusi"))) for code in "ab"),
    *(on(code, lambda one: replace(one, cancelled=True)) for code in "bc"),
    *(on(code, lambda _: None) for code in "bc"),
    *(without_session("a", number) for number in (1, 2)),
    on(
        "a",
        lambda one: replace(
            one, sessions=(*(each for each in one.sessions if each.number < 3), a_session(3))
        ),
    ),
    added("d"),
    to_strand("b", 2),
    lambda plan: replace(plan, note=texts("Huomio")),
    lambda plan: replace(plan, strands=(replace(plan.strands[0], title=texts("Toinen")), plan.strands[1])),
)
plans = st.lists(st.sampled_from(EDITS), max_size=4).map(
    lambda edits: reduce(lambda plan, edit: edit(plan), edits, BASE)
)


@settings(max_examples=300, deadline=None)
@given(stored=plans, file=plans)
def test_where_the_store_wins_everything_changed_in_it_stays(stored: Plan, file: Plan) -> None:
    merged = with_changes(file, stored, conflicts(BASE, stored, file))
    assert conflicts(BASE, stored, merged) == ()


@settings(max_examples=300, deadline=None)
@given(stored=plans, file=plans)
def test_what_only_the_file_changes_is_changed(stored: Plan, file: Plan) -> None:
    fought = conflicts(BASE, stored, file)
    merged = with_changes(file, stored, fought)
    about = {(each.offering, each.session) for each in fought}
    for change in compare_plans(BASE, file):
        if change.offering and not any(change.offering == code for code, _ in about):
            assert change in compare_plans(BASE, merged)


@given(stored=plans)
def test_a_file_that_says_what_is_stored_overwrites_nothing(stored: Plan) -> None:
    assert conflicts(BASE, stored, stored) == ()


def test_a_conflict_is_named_by_its_session_and_one_of_the_offering_by_its_code() -> None:
    stored = moved("a", 2, 7)(on("a", lambda one: replace(one, capacity=30))(BASE))
    names = [name_of(each, BASE.code) for each in conflicts(BASE, stored, BASE)]
    assert names == ["a", "a/2"]


def test_a_session_that_the_file_drops_and_slack_moved_is_a_conflict() -> None:
    (fought,) = conflicts(BASE, moved("a", 2, 7)(BASE), without_session("a", 2)(BASE))
    assert fought.kind is ChangeKind.SESSION_MOVED


def test_where_slack_wins_the_rest_of_the_session_is_as_the_file_says() -> None:
    def with_bring(offering: PlannedOffering) -> PlannedOffering:
        first, *others = offering.sessions
        return replace(offering, sessions=(replace(first, bring=texts("Kynä")), *others))

    file, stored = on("a", with_bring)(BASE), moved("a", 1, 7)(BASE)
    fought = conflicts(BASE, stored, file)
    assert [each.kind for each in fought] == [ChangeKind.SESSION_MOVED]
    assert with_changes(file, stored, fought) == moved("a", 1, 7)(file)


def test_what_is_only_remembered_is_not_in_force() -> None:
    gone = on("b", lambda one: replace(one, cancelled=True))(BASE)
    assert in_force(gone, on("b", lambda _: None)(BASE)) == on("b", lambda _: None)(BASE)
    assert in_force(gone, BASE) == gone


def test_every_change_of_an_offering_can_be_kept_where_slack_wins() -> None:
    plan = a_plan(an_offering())
    stored = a_plan(replace(an_offering(), draw=DrawRules(), cancelled=True, capacity=30, kind=EVENT))
    assert with_changes(plan, stored, compare_plans(plan, stored)) == stored
