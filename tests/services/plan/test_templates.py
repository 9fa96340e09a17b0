"""A new year's file, from last year's or from a template without dates."""

import re
from pathlib import Path

import pytest

from bot.domain.file_faults import FileFaultError
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.people.agency_book import read_agencies
from bot.services.plan.file import plan_in
from bot.services.plan.templates import NewPlan, new_plan
from bot.services.prompts.library import library_names
from rehearsal.plan_findings import Finding, findings_of
from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "programmes" / "templates").glob("*.yml"))
SHIPPED = (ROOT / "programmes" / "2019.yml").read_text(encoding="utf-8")


def new(text: str, year: int) -> NewPlan:
    return new_plan(text, year, read_agencies(), frozenset(library_names()), WORK_CALENDAR)


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


def test_a_wish_that_can_not_be_read_is_told_at_its_line() -> None:
    text = TEMPLATES[0].read_text(encoding="utf-8").replace("3 weeks later", "some weeks later", 1)
    with pytest.raises(FileFaultError) as caught:
        new(text, 2020)
    line = next(at for at, each in enumerate(text.splitlines(), start=1) if "some weeks later" in each)
    assert line in {each.line for each in caught.value.faults}
