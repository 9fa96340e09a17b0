"""A file that is no plan, told from one that can be understood and that nobody should live through."""

from datetime import date

import pytest

from bot.domain.file_faults import FileFaultError
from bot.domain.plan.model import SignUpWindow
from bot.services.plan.file import parse_plan
from bot.services.yaml_files.reading import read_yaml
from rehearsal.plan_findings import Finding, Flaw, findings_of
from rehearsal.plan_lines import PlanSource, as_findings
from tests.support.plans import a_plan, a_session, an_offering, as_yaml
from tests.support.shipped_plan import BOOK

SESSIONS = (a_session(1, on=date(2019, 4, 2)), a_session(2, on=date(2019, 4, 24)))
SOUND = as_yaml(
    a_plan(an_offering(sessions=SESSIONS, sign_up=SignUpWindow(date(2019, 3, 1), date(2019, 3, 29))))
)


def found_in(raw: bytes) -> list[Finding] | None:
    with pytest.raises(FileFaultError) as caught:
        parse_plan(raw, BOOK)
    return as_findings(caught.value.faults, read_yaml(raw))


def with_window(opens: date, closes: date | None) -> bytes:
    return as_yaml(a_plan(an_offering(sessions=SESSIONS, sign_up=SignUpWindow(opens, closes))))


@pytest.mark.parametrize(
    ("raw", "flaw", "line"),
    [
        (
            SOUND + b"prompt_rules: {days_between: 2}\n",
            Flaw.PROMPTS_TOO_NEAR,
            "prompt_rules: {days_between: 2}",
        ),
        (
            with_window(date(2019, 3, 29), date(2019, 3, 1)),
            Flaw.CLOSES_BEFORE_IT_OPENS,
            "closes: '2019-03-01'",
        ),
        (with_window(date(2019, 5, 1), None), Flaw.OPENS_AFTER_THE_LAST, "opens: '2019-05-01'"),
        (with_window(date(2019, 5, 1), date(2019, 5, 9)), Flaw.OPENS_AFTER_THE_LAST, "opens: '2019-05-01'"),
    ],
)
def test_a_plan_that_breaks_how_people_may_be_treated_is_a_finding_on_its_line(
    raw: bytes, flaw: Flaw, line: str
) -> None:
    found = found_in(raw)
    assert found is not None
    assert [each.flaw for each in found] == [flaw]
    number = PlanSource("plan.yml", read_yaml(raw)).line_of(found[0])
    assert number is not None
    assert raw.decode().splitlines()[number - 1].strip() == line


@pytest.mark.parametrize(
    "raw",
    [
        SOUND.replace(b"capacity: 20", b"capacity: none"),
        SOUND.replace(b"capacity: 20", b"capacity: none") + b"prompt_rules: {days_between: 2}\n",
        SOUND + b"prompt_rules: {days_between: 61}\n",
        SOUND + b"prompt_rules: {days_between: often}\n",
        SOUND + b"prompt_rules: {remind_after: 0}\n",
        SOUND.replace(b"opens: '2019-03-01'", b"opens: soon"),
        with_window(date(2019, 3, 1), date(2019, 5, 9)),  # it closes after the last session
    ],
)
def test_any_other_fault_makes_a_file_no_plan(raw: bytes) -> None:
    assert found_in(raw) is None


def test_a_finding_of_a_plan_that_can_be_read_has_its_line_too() -> None:
    plan = a_plan(an_offering(sessions=(*SESSIONS, a_session(3, on=date(2019, 6, 21)))))
    raw = as_yaml(plan)
    (found,) = findings_of(plan)
    number = PlanSource("plan.yml", read_yaml(raw)).line_of(found)
    assert number is not None
    assert raw.decode().splitlines()[number - 1].strip() == "'on': '2019-06-21'"
