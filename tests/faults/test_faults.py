"""Short runs of ``make faults``: an unreliable Slack, troubles around the processes, and nothing lost or
doubled."""

import asyncio

import pytest

from faults.paused import CLAIMED, run_paused
from faults.run import Plan, run
from faults.troubles import all_troubles

pytestmark = pytest.mark.timeout(300)


def test_nothing_is_lost_or_doubled_whatever_goes_wrong(database_url: str) -> None:
    sqlite = database_url.startswith("sqlite")
    troubles = all_troubles(kills=1, others=1, sqlite=sqlite)
    plan = Plan(messages=40, processes=1 if sqlite else 2, troubles=troubles, at_most_seconds=200)
    verdict = asyncio.run(run(database_url, plan))
    assert verdict.holds, verdict
    assert verdict.faults > 0
    assert verdict.troubles == troubles, "each of them happened while there was something to send"


def test_without_looking_first_messages_come_twice(database_url: str) -> None:
    """Or the run above would show nothing."""
    plan = Plan(messages=60, processes=1, looks_first=False, until_doubled=True, at_most_seconds=60)
    assert asyncio.run(run(database_url, plan)).duplicated > 0


def test_a_stopped_process_posts_nothing_after_its_lease_went(database_url: str) -> None:
    paused = asyncio.run(run_paused(database_url))
    assert [len(each) for each in paused.claims] == [CLAIMED, CLAIMED]
    assert paused.posted == set()
    assert paused.posted_by_control in paused.claims, "without the check it posts all that it had claimed"
