"""What people would live through otherwise than with the old plan."""

from datetime import date, time
from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.plan.changes import SessionTime
from bot.domain.plan.model import Plan
from rehearsal.compare import Difference, differences
from rehearsal.verdict import Verdict
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.years import SESSIONS, a_bad_verdict, a_verdict, a_year, wording_in

PLAN = a_year().plan
VERDICT = a_verdict()


def with_sessions(*sessions: Any) -> Plan:
    first, second = PLAN.offerings
    return a_plan(replace(first, sessions=sessions), second)


def codes(old: Verdict, new: Verdict, old_plan: Plan = PLAN, new_plan: Plan = PLAN) -> list[tuple[str, str]]:
    return [(each.code, each.offering) for each in differences(old_plan, old, new_plan, new)]


def test_the_same_year_differs_in_nothing() -> None:
    assert codes(VERDICT, VERDICT) == []


def test_a_moved_session_is_told_old_and_new() -> None:
    moved = replace(SESSIONS[1], on=date(2019, 5, 9))
    (found,) = differences(PLAN, VERDICT, with_sessions(SESSIONS[0], moved), VERDICT)
    assert found == Difference(
        "session_moved",
        "dialogue-1",
        {
            "session": 2,
            "was": SessionTime(date(2019, 5, 7), time(9), time(12)),
            "now": SessionTime(date(2019, 5, 9), time(9), time(12)),
        },
    )
    assert wording_in("fi", VERDICT).difference(found) == (
        "dialogue-1: tapaaminen 2 siirtyy, ti 7.5.2019 klo 9.00–12.00 → to 9.5.2019 klo 9.00–12.00."
    )


@pytest.mark.parametrize(
    ("sessions", "code"),
    [
        ((*SESSIONS, a_session(3, on=date(2019, 5, 28))), "session_added"),
        (SESSIONS[:1], "session_gone"),
        ((SESSIONS[0], replace(SESSIONS[1], cancelled=True)), "session_cancelled"),
    ],
)
def test_a_session_that_comes_or_goes_is_told(sessions: tuple[Any, ...], code: str) -> None:
    new_plan = with_sessions(*sessions)
    assert codes(VERDICT, VERDICT, PLAN, new_plan) == [(code, "dialogue-1")]


def test_seats_and_queues_are_told_by_offering_and_what_is_new_or_gone() -> None:
    seats = a_year().seats
    # One seat fewer in dialogue-1, and whoever waited for dialogue-2 does no longer.
    other = a_verdict(seats=[seats[0], *seats[2:4]])
    found = codes(other, VERDICT)
    assert ("seated_more", "dialogue-1") in found
    assert ("waiting_more", "dialogue-2") in found
    only_first = a_plan(PLAN.offerings[0])
    shorter = a_verdict(plan=only_first)
    assert ("new", "dialogue-2") in codes(shorter, VERDICT, only_first)
    assert ("gone", "dialogue-2") in codes(VERDICT, shorter, PLAN, only_first)


def test_messages_to_one_person_and_prompts_are_told() -> None:
    year = a_year()
    fewer = a_verdict(arrivals=[each for each in year.arrivals if each.prompt is None])
    found = {each.code: each.facts for each in differences(PLAN, fewer, PLAN, VERDICT)}
    assert found["prompts_sent"] == {"was": 0, "now": 1}
    assert found["most"] == {"was": 4, "now": 5}
    assert found["prompts"] == {"was": 0, "now": 1}
    assert found["prompts_moved"] == {"was": 0, "now": 1}


def test_a_new_fault_and_a_promise_that_is_now_broken_are_told_in_words() -> None:
    bad = a_bad_verdict()
    said = [wording_in("en", bad).difference(each) for each in differences(PLAN, VERDICT, PLAN, bad)]
    assert any(each.startswith("New: Session 3 of dialogue-1 is on Fri 21 Jun 2019") for each in said)
    assert "Broken promise, times 0 → 2: Slack takes everything that Kaiku sends." in said
    back = [wording_in("en", bad).difference(each) for each in differences(PLAN, bad, PLAN, VERDICT)]
    assert any(each.startswith("No longer: Session 3 of dialogue-1") for each in back)


def test_a_cancelled_offering_is_told_and_is_not_half_empty() -> None:
    first, second = PLAN.offerings
    plan = a_plan(an_offering("dialogue-1", sessions=SESSIONS, capacity=4, cancelled=True), second)
    cancelled = a_verdict(plan=plan)
    assert ("cancelled", first.code) in codes(VERDICT, cancelled, PLAN, plan)
    assert ("reinstated", first.code) in codes(cancelled, VERDICT, plan, PLAN)
