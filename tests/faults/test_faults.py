"""Short runs of ``make faults``: an unreliable Slack, troubles around the processes, and nothing lost or
doubled."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from faults.paused import run_paused
from faults.run import Plan, run
from faults.troubles import all_troubles

pytestmark = pytest.mark.timeout(300)


def test_nothing_is_lost_or_doubled_and_without_looking_first_something_is(
    database_url: str, tmp_path: Path
) -> None:
    sqlite = database_url.startswith("sqlite")
    plan = Plan(messages=60, processes=1 if sqlite else 2, troubles={"kill": 2}, at_most_seconds=120)
    verdict = asyncio.run(run(database_url, plan))
    assert verdict.holds, verdict
    assert verdict.faults > 0
    assert verdict.troubles == {"kill": 2}

    control = asyncio.run(run(database_url, replace(plan, messages=40, troubles={}, looks_first=False)))
    assert control.duplicated > 0, "the control must show duplicates, or the run above shows nothing"


def test_paused_processes_set_clocks_refusals_full_disks_and_restarts_lose_and_double_nothing(
    database_url: str,
) -> None:
    sqlite = database_url.startswith("sqlite")
    troubles = all_troubles(0, 1, sqlite=sqlite)
    plan = Plan(messages=60, processes=1 if sqlite else 2, troubles=troubles, rate=0.1, at_most_seconds=120)
    verdict = asyncio.run(run(database_url, plan))
    assert verdict.holds, verdict
    assert set(verdict.troubles) == {name for name, times in troubles.items() if times}


@pytest.mark.parametrize("checks_lease", [True, False], ids=["with the check", "without"])
def test_a_stopped_process_posts_nothing_after_its_lease_went(database_url: str, checks_lease: bool) -> None:
    paused = asyncio.run(run_paused(database_url, checks_lease=checks_lease))
    assert paused.claimed > 0
    assert paused.doubled == (0 if checks_lease else paused.claimed)
