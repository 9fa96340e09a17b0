"""A new year's file, from last year's or from a template without dates."""

import re
from pathlib import Path

import pytest

from bot.domain.file_faults import FileFaultError
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.plan.file import plan_in
from bot.services.plan.templates import NewPlan, check_template, is_template, new_plan
from bot.services.prompts.library import library_names
from rehearsal.plan_findings import Finding, findings_of
from tests.conftest import ROOT
from tests.support.shipped_plan import BOOK

TEMPLATES = sorted((ROOT / "programmes" / "templates").glob("*.yml"))
SHIPPED = (ROOT / "programmes" / "2019.yml").read_text(encoding="utf-8")


def new(text: str, year: int) -> NewPlan:
    return new_plan(text, year, BOOK, frozenset(library_names()), WORK_CALENDAR)


def faults(text: str) -> list[Finding]:
    return [each for each in findings_of(plan_in(text)) if each.is_fault]


def test_there_is_a_template_for_each_strand() -> None:
    strands = [plan_in(new(each.read_text(encoding="utf-8"), 2020).text).strands for each in TEMPLATES]
    assert sorted(strand.number for (strand,) in strands) == [1, 2, 3, 4]


@pytest.mark.parametrize("year", [2020, 2027])
@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_a_template_becomes_a_plan_in_which_nothing_is_amiss(file: Path, year: int) -> None:
    made = new(file.read_text(encoding="utf-8"), year)
    assert made.unmet == ()
    assert faults(made.text) == []
    assert "later" not in re.sub(r'"[^"]*"', "", made.text)


@pytest.mark.parametrize("year", [2020, 2027])
def test_next_years_plan_keeps_every_comment_and_nothing_in_it_is_amiss(year: int) -> None:
    made = new(SHIPPED, year)
    assert made.unmet == ()
    assert faults(made.text) == []
    kept = [line for line in SHIPPED.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in made.text.splitlines() if line.lstrip().startswith("#")] == kept


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_a_template_is_known_and_checked_as_one(file: Path) -> None:
    raw = file.read_bytes()
    assert is_template(raw)
    assert check_template(raw, BOOK, library_names()).offerings
    assert not is_template(SHIPPED.encode())


DIALOGUE = (ROOT / "programmes" / "templates" / "dialogue.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("on: week 11", "on: week 53", "not_a_wished_day"),
        ("on: week 11", "on: 3 weeks later", "not_a_wished_day"),  # than what?
        ("on: week 11", "on: 2020-03-12 #", "date_in_template"),
        ("opens: 7 weeks before", "opens: 2020-02-03", "not_weeks_before"),
        ("free_until: 2 weeks before", "free_until: tue", "not_weeks_before"),
        ("dialogue-YEAR", "dialogue", "template_without_year"),
        ("capacity: 16", "capacity: 0", "capacity_below_one"),
    ],
)
def test_a_templates_fault_is_said_once_at_its_line(old: str, new: str, code: str) -> None:
    assert old in DIALOGUE
    text = DIALOGUE.replace(old, new, 1)
    with pytest.raises(FileFaultError) as caught:
        check_template(text.encode(), BOOK, library_names())
    [fault] = [each for each in caught.value.faults if each.code == code]
    assert text.splitlines()[fault.line - 1].count(new.split(" #", maxsplit=1)[0]) == 1
    assert {each.code for each in caught.value.faults} <= {code, "agency_seats_above_capacity"}


@pytest.mark.parametrize(
    "text", ["a: 1", "- on: week 12", "strands: [a, {offerings: [b, {sessions: [c]}]}]", ""]
)
def test_what_is_no_template_is_none(text: str) -> None:
    assert not is_template(text.encode())


def test_an_offering_without_sessions_is_said_to_have_no_days() -> None:
    text = re.sub(
        r"(- code: foresight-1\n(?:.*\n)*?        sessions:).*\n(?:          .*\n)+", r"\1 []\n", SHIPPED
    )
    text = re.sub(r"(- code: foresight-1\n(?:.*\n)*?)        sign_up: .*\n", r"\1", text)
    made = new(text, 2020)
    [(line, unmet)] = made.unmet
    assert unmet.params == {"offering": "foresight-1"}
    assert made.text.splitlines()[line - 1].strip() == "sessions: []"


def test_a_wish_that_can_not_be_read_is_told_at_its_line() -> None:
    text = TEMPLATES[0].read_text(encoding="utf-8").replace("3 weeks later", "some weeks later", 1)
    with pytest.raises(FileFaultError) as caught:
        new(text, 2020)
    line = next(at for at, each in enumerate(text.splitlines(), start=1) if "some weeks later" in each)
    assert line in {each.line for each in caught.value.faults}
