"""The cost of planning a year's prompts: the plan of 2019 for many people, beside planning them one by
one."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.outcome import WrongOutcomeError
from bench.servers import ROOT
from bot.domain.prompts.plan_preview import ImaginaryPerson, PreviewRow
from bot.services.people.agency_book import read_agencies
from bot.services.plan.file import read_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.preview import plan_timelines, preview_prompts, rows_for, spread

PEOPLE = 200
ROUNDS = 7
AT_MOST = 2.0
"""Seconds."""


@dataclass(frozen=True)
class Planning:
    """Median seconds for everybody; ``prompts`` planned or dropped."""

    shared: float
    one_by_one: float
    prompts: int
    offerings: int


def run() -> Planning:
    """Measure both in turns. Raises WrongOutcomeError when their plans differ."""
    plan = read_plan(ROOT / "programmes" / "2019.yml", read_agencies())
    library = read_library()
    having = [each for each, timeline in plan_timelines(plan, library).items() if timeline.dated]
    crowd = spread(PEOPLE, having)

    def one_by_one() -> list[PreviewRow]:
        return [row for person in crowd for row in _alone(person)]

    def _alone(person: ImaginaryPerson) -> list[PreviewRow]:
        return rows_for([person], plan_timelines(plan, library, only=person.offerings))

    def shared() -> list[PreviewRow]:
        return list(preview_prompts(plan, library, PEOPLE).rows)

    if shared() != one_by_one():  # holidays are loaded by now, too
        raise WrongOutcomeError("people planned together and one by one do not get the same prompts")
    took: dict[Callable[[], list[PreviewRow]], list[float]] = {shared: [], one_by_one: []}
    for _ in range(ROUNDS):
        for act, times in took.items():
            began = time.perf_counter()
            act()
            times.append(time.perf_counter() - began)
    return Planning(
        statistics.median(took[shared]),
        statistics.median(took[one_by_one]),
        len(shared()),
        len(plan.offerings),
    )


def as_text(found: Planning) -> str:
    reached = "yes" if found.shared < AT_MOST else "no"
    return (
        f"planning a year's prompts, {PEOPLE} people, {found.offerings} offerings, {found.prompts:,} prompts: "
        f"{found.shared:.3f} s; one by one {found.one_by_one:.3f} s; under {AT_MOST:.0f} s: {reached}"
    )


def as_section(found: Planning) -> str:
    """The third part of docs/performance.md."""
    reached = "yes" if found.shared < AT_MOST else "no"
    return f"""
## What planning a year's prompts costs

`kaiku plan preview programmes/2019.yml --people {PEOPLE}` without its start: {found.offerings} offerings,
{found.prompts:,} prompts planned, moved or dropped, every other person in two offerings. The baseline plans the same
people one by one, each with timelines of their own; the run checks that both plan the same.

| what | one by one | Kaiku | ratio | to reach |  |
| --- | --- | --- | --- | --- | --- |
| {PEOPLE} people, all of 2019 | {found.one_by_one:.3f} s | {found.shared:.3f} s | \
{found.shared / found.one_by_one:.2f} | < {AT_MOST:.0f} s | {reached} |
"""


if __name__ == "__main__":
    print(as_text(run()))
