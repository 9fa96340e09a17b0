"""What is wrong with a plan before anyone lives through it."""

from datetime import date, time

import pytest
from msgspec.structs import replace

from bot.domain.plan.model import Plan, PlannedOffering, SignUpWindow
from bot.domain.prompts.prompt import PromptRules
from rehearsal.days import DayOff
from rehearsal.plan_findings import Finding, Flaw, findings_of, overlaps_of
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.shipped_plan import SHIPPED

SOUND = (a_session(1, on=date(2019, 3, 12)), a_session(2, on=date(2019, 4, 2)))


def faults(plan: Plan) -> list[Finding]:
    return [found for found in findings_of(plan) if found.is_fault]


def test_the_shipped_plan_has_no_fault() -> None:
    assert faults(SHIPPED) == []


@pytest.mark.parametrize(
    ("on", "flaw", "instead"),
    [
        (date(2019, 6, 21), Flaw.SESSION_ON_HOLIDAY, date(2019, 6, 24)),  # Midsummer Eve
        (date(2019, 6, 22), Flaw.SESSION_ON_HOLIDAY, date(2019, 6, 24)),
        (date(2019, 5, 30), Flaw.SESSION_ON_HOLIDAY, date(2019, 5, 31)),  # Ascension Day
        (date(2019, 5, 18), Flaw.SESSION_ON_WEEKEND, date(2019, 5, 20)),
        (date(2019, 12, 26), Flaw.SESSION_ON_HOLIDAY, date(2020, 1, 7)),  # nor at the turn of the year
    ],
)
def test_a_session_when_people_are_not_at_work_is_a_fault_and_another_day_is_named(
    on: date, flaw: Flaw, instead: date
) -> None:
    (found,) = faults(a_plan(an_offering(sessions=(*SOUND, a_session(3, on=on)))))
    assert (found.flaw, found.facts["on"], found.facts["instead"]) == (flaw, on, instead)
    assert found.where == ("strands", 0, "offerings", 0, "sessions", 2, "on")


def test_a_session_on_the_eve_of_a_holiday_or_in_july_is_worth_knowing() -> None:
    late = (a_session(3, on=date(2019, 4, 18)), a_session(4, on=date(2019, 7, 9)))
    eve, july = findings_of(a_plan(an_offering(sessions=(*SOUND, *late))))
    assert (eve.flaw, eve.facts["holiday"]) == (Flaw.SESSION_ON_EVE, DayOff(date(2019, 4, 19)))
    assert july.flaw is Flaw.SESSION_IN_JULY
    assert not eve.is_fault
    assert not july.is_fault


def test_an_offering_whose_dates_come_later_is_no_fault() -> None:
    assert faults(a_plan(an_offering(sessions=(), sign_up=SignUpWindow()))) == []


def test_a_cancelled_session_and_a_cancelled_offering_are_on_no_holiday() -> None:
    midsummer = a_session(3, on=date(2019, 6, 21))
    assert findings_of(a_plan(an_offering(sessions=(*SOUND, replace(midsummer, cancelled=True))))) == []
    assert findings_of(a_plan(an_offering(sessions=(*SOUND, midsummer), cancelled=True))) == []


@pytest.mark.parametrize(
    ("offering", "flaw", "field"),
    [
        (
            an_offering(sessions=SOUND, sign_up=SignUpWindow(date(2019, 3, 1), date(2019, 2, 1))),
            Flaw.CLOSES_BEFORE_IT_OPENS,
            ("sign_up", "closes"),
        ),
        (
            an_offering(sessions=SOUND, sign_up=SignUpWindow(date(2019, 4, 20), None)),
            Flaw.OPENS_AFTER_THE_LAST,
            ("sign_up", "opens"),
        ),
        (
            an_offering(sessions=SOUND, sign_up=SignUpWindow(date(2019, 3, 20), date(2019, 4, 1))),
            Flaw.OPENS_AFTER_THE_FIRST,
            ("sign_up", "opens"),
        ),
        (
            an_offering(sessions=SOUND, sign_up=SignUpWindow(date(2019, 3, 2), date(2019, 3, 3))),
            Flaw.NO_DAY_TO_SIGN_UP,
            ("sign_up", "closes"),
        ),
        (
            an_offering(sessions=(a_session(1, starts=time(20), ends=time(22)),)),
            Flaw.OUT_OF_HOURS,
            ("sessions",),
        ),
        (an_offering(sessions=(a_session(1, cancelled=True),)), Flaw.ALL_CANCELLED, ("sessions",)),
    ],
)
def test_a_group_that_nobody_can_attend_is_a_fault(
    offering: PlannedOffering, flaw: Flaw, field: tuple[str, ...]
) -> None:
    (found,) = faults(a_plan(offering))
    assert (found.flaw, found.where) == (flaw, ("strands", 0, "offerings", 0, *field))


def test_settings_for_more_than_a_prompt_a_week_are_over_prompting() -> None:
    near = (a_session(1, on=date(2019, 3, 12)), a_session(2, on=date(2019, 3, 19)))
    plan = a_plan(an_offering(sessions=near))
    assert faults(plan) == []
    (found,) = faults(a_plan(an_offering(sessions=near), prompt_rules=PromptRules(short_gap=3)))
    assert found.flaw is Flaw.TOO_MANY_PROMPTS
    assert found.where == ("prompt_rules", "short_gap")
    assert (found.facts["prompts"], found.facts["days"], found.facts["left_out"]) == (3, 5, 2)
    mended = PromptRules(short_gap=3, per_gap=int(str(found.facts["per_gap"])))
    assert faults(a_plan(an_offering(sessions=near), prompt_rules=mended)) == []
    (found,) = faults(a_plan(an_offering(sessions=near), prompt_rules=PromptRules(days_between=2)))
    assert (found.flaw, found.facts) == (Flaw.PROMPTS_TOO_NEAR, {"days": 2, "least": 7})


def test_a_facilitator_of_two_sessions_at_the_same_hour_is_worth_knowing() -> None:
    one = an_offering("dialogue-1", sessions=SOUND, facilitators=("UFASI", "UONE"))
    other = an_offering("dialogue-2", sessions=SOUND[:1], facilitators=("UFASI", "UOTHER"))
    (found,) = findings_of(a_plan(one, other))
    assert (found.flaw, found.is_fault) == (Flaw.LEADS_TWO_AT_ONCE, False)
    assert (found.facts["facilitator"], found.facts["on"]) == ("UFASI", SOUND[0].on)
    later = replace(SOUND[0], starts=time(12), ends=time(14))
    assert findings_of(a_plan(one, replace(other, sessions=(later,)))) == []


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
        ((("dialogue-1", 1), ("dialogue-2", 1)), 2),
        ((("dialogue-2", 1), ("dialogue-3", 1)), 1),
    ]
