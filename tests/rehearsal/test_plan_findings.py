"""What is wrong with a plan before anyone lives through it."""

from datetime import date, time

import pytest

from bot.domain.plan import Plan, SignUpWindow
from bot.domain.prompts import PromptRules
from rehearsal.plan_findings import Finding, findings_of, overlaps_of
from tests.handlers.test_deliveries import SHIPPED
from tests.plans import a_plan, a_session, an_offering

SOUND = (a_session(1, on=date(2019, 3, 12)), a_session(2, on=date(2019, 4, 2)))


def faults(plan: Plan) -> list[Finding]:
    return [found for found in findings_of(plan) if found.is_fault]


def test_the_shipped_plan_has_no_fault() -> None:
    assert faults(SHIPPED) == []


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2019, 6, 21), "Midsummer Eve"),
        (date(2019, 6, 22), "Midsummer Day"),
        (date(2019, 5, 30), "Ascension Day"),
        (date(2019, 5, 18), "a weekend"),
    ],
)
def test_a_session_when_people_are_not_at_work_is_a_fault(on: date, words: str) -> None:
    (found,) = faults(a_plan(an_offering(sessions=(*SOUND, a_session(3, on=on)))))
    assert f"{on}" in found.words
    assert words in found.words


def test_a_session_on_the_eve_of_a_holiday_or_in_july_is_worth_knowing() -> None:
    late = (a_session(3, on=date(2019, 4, 18)), a_session(4, on=date(2019, 7, 9)))
    eve, july = findings_of(a_plan(an_offering(sessions=(*SOUND, *late))))
    assert not eve.is_fault
    assert "the eve of Good Friday" in eve.words
    assert not july.is_fault


@pytest.mark.parametrize(
    ("offering", "words"),
    [
        (
            an_offering(sessions=SOUND, sign_up=SignUpWindow(date(2019, 3, 1), date(2019, 2, 1))),
            "sign-up closes on 2019-02-01, before it opens on 2019-03-01",
        ),
        (
            an_offering(sessions=SOUND, sign_up=SignUpWindow(date(2019, 3, 20), date(2019, 4, 1))),
            "sign-up opens on 2019-03-20",
        ),
        (
            an_offering(sessions=SOUND, sign_up=SignUpWindow(date(2019, 3, 2), date(2019, 3, 3))),
            "with no working day",
        ),
        (
            an_offering(sessions=(a_session(1, starts=time(20), ends=time(22)),)),
            "no session is in working hours",
        ),
        (an_offering(sessions=(a_session(1, cancelled=True),)), "every session is cancelled"),
    ],
)
def test_a_group_that_nobody_can_attend_is_a_fault(offering: object, words: str) -> None:
    (found,) = faults(a_plan(offering))  # type: ignore[arg-type]
    assert found.words.startswith("Nobody can attend")
    assert words in found.words


def test_settings_for_more_than_a_prompt_a_week_are_over_prompting() -> None:
    near = (a_session(1, on=date(2019, 3, 12)), a_session(2, on=date(2019, 3, 19)))
    plan = a_plan(an_offering(sessions=near))
    assert faults(plan) == []
    (found,) = faults(a_plan(an_offering(sessions=near), prompt_rules=PromptRules(short_gap=3)))
    assert found.words.startswith("Over-prompting: prompt_rules put 3 prompts into the 5 working days")
    (found,) = faults(a_plan(an_offering(sessions=near), prompt_rules=PromptRules(days_between=2)))
    assert found.words.startswith("Over-prompting: prompt_rules allow a prompt every 2 days")


def test_who_has_a_seat_in_two_sessions_at_the_same_hour_is_counted() -> None:
    morning = a_session(1, on=date(2019, 4, 2), starts=time(9), ends=time(12))
    noon = a_session(1, on=date(2019, 4, 2), starts=time(11), ends=time(15))
    after = a_session(1, on=date(2019, 4, 2), starts=time(12), ends=time(15))
    plan = a_plan(
        an_offering("dialogue-1", sessions=(morning,)),
        an_offering("dialogue-2", sessions=(noon,)),
        an_offering("dialogue-3", sessions=(after,)),
    )
    seated = {"dialogue-1": ["U1", "U2", "U3"], "dialogue-2": ["U2", "U3", "U4"], "dialogue-3": ["U1", "U2"]}
    found = [(each.sessions, each.people) for each in overlaps_of(plan, seated)]
    assert found == [
        (("dialogue-1, session 1", "dialogue-2, session 1"), 2),
        (("dialogue-2, session 1", "dialogue-3, session 1"), 1),
    ]
