"""A short run of ``make faults``: an unreliable Slack, processes killed, and nothing lost or doubled."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from faults.run import Plan, run

pytestmark = pytest.mark.timeout(300)
SHORT = Plan(messages=120, kills=3, processes=1, at_most_seconds=120)


def test_nothing_is_lost_or_doubled_and_without_looking_first_something_is(
    database_url: str, tmp_path: Path
) -> None:
    sqlite = database_url.startswith("sqlite")
    plan = replace(SHORT, processes=1 if sqlite else 3)

    def address(name: str) -> str:
        return f"sqlite:///{tmp_path / name}" if sqlite else database_url

    verdict = asyncio.run(run(address("looking.db"), plan))
    assert verdict.holds, verdict
    assert verdict.faults > 0
    assert verdict.kills > 0

    control = asyncio.run(run(address("control.db"), replace(plan, looks_first=False)))
    assert control.duplicated > 0, "the control must show duplicates, or the run above shows nothing"
