"""An event that fails is tried again: at once, a minute later, five minutes after that; then never."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox import MovableClock, Workspace, WorkspaceServer
from sandbox.subscriptions import Subscriptions
from tests.sandbox.conftest import PEOPLE, EventApp, Listening, full_workspace, manifest

NOON = datetime(2019, 2, 11, 12, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


def tries(app: EventApp) -> list[str | None]:
    return [each.get("X-Slack-Retry-Num") for each in app.headers]


async def test_an_event_is_retried_at_once_after_a_minute_and_after_five_more(slack, event_app) -> None:
    event_app.statuses = [500] * 9
    clock = slack.workspace.clock
    await slack.visitor("UAINO").say("Hei")
    await slack.link.settled()
    assert tries(event_app) == [None, "1"]
    for seconds, seen in ((59, 2), (1, 3), (299, 3), (1, 4), (3600, 4)):
        clock.advance(timedelta(seconds=seconds))
        await slack.link.settled()
        assert len(event_app.headers) == seen, (seconds, tries(event_app))
    assert tries(event_app) == [None, "1", "2", "3"]
    assert {each.get("X-Slack-Retry-Reason") for each in event_app.headers[1:]} == {"http_error"}
    assert len({each["event_id"] for each in event_app.envelopes}) == 1


async def test_a_retry_that_is_taken_is_the_last(slack, event_app) -> None:
    event_app.statuses = [500, 503]
    await slack.visitor("UAINO").say("Hei")
    await slack.link.settled()
    for _ in range(3):
        slack.workspace.clock.advance(timedelta(minutes=5))
        await slack.link.settled()
    assert tries(event_app) == [None, "1", "2"]


async def test_a_retry_comes_by_itself_where_time_runs_by_itself(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("sandbox.events.RETRIES", (timedelta(), timedelta(seconds=0.05)))
    workspace = Workspace.load(manifest=manifest(tmp_path), people=PEOPLE, clock=MovableClock(NOON))
    server = WorkspaceServer(workspace, "http://127.0.0.1:9/nobody/there")
    await server.start()
    retried = asyncio.Event()
    workspace.on_change.append(lambda: retried.set() if len(workspace.log) == 3 else None)
    await server.visitor("UAINO").say("Hei")
    async with asyncio.timeout(10):
        await retried.wait()
    await server.stop()
    assert [each["request"]["event"]["text"] for each in workspace.log] == ["Hei"] * 3


async def test_why_it_failed_before_is_said(slack: WorkspaceServer, event_app) -> None:
    url, slack.app_url = slack.app_url, "http://127.0.0.1:9/nobody/there"
    await slack.visitor("UAINO").say("Hei")
    await slack.link.settled()
    slack.app_url = url
    slack.workspace.clock.advance(timedelta(minutes=1))
    await slack.link.settled()
    assert event_app.headers[0]["X-Slack-Retry-Reason"] == "connection_failed"


async def test_an_app_that_was_too_slow_is_told_so(slack: WorkspaceServer, event_app) -> None:
    at_once, handle = [], event_app.handle

    async def slow_once(request):
        at_once.append(request)
        if len(at_once) == 1:
            await asyncio.Event().wait()
        return await handle(request)

    slack.link.ack_seconds = 0.05
    async with Listening(slow_once) as url:
        slack.app_url = url
        await slack.visitor("UAINO").say("Hei")
        await slack.link.settled()
    assert event_app.headers[0]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_no_retry_is_made_for_an_app_that_asks_for_none_even_later(slack, event_app) -> None:
    event_app.statuses = [500, 500, 500]
    await slack.visitor("UAINO").say("Hei")
    await slack.link.settled()
    event_app.answer_headers = {"X-Slack-No-Retry": "1"}
    for _ in range(3):
        slack.workspace.clock.advance(timedelta(minutes=5))
        await slack.link.settled()
    assert tries(event_app) == [None, "1", "2"]


async def test_a_reset_forgets_what_waits(slack, event_app, control) -> None:
    event_app.statuses = [500, 500]
    await slack.visitor("UAINO").say("Hei")
    await slack.link.settled()
    await control("reset")
    slack.workspace.clock.advance(timedelta(minutes=5))
    await slack.link.settled()
    assert len(event_app.headers) == 2


def delivered(failed: int, fine: int, *, at: datetime = NOON) -> Subscriptions:
    subscriptions = Subscriptions()
    for n in range(failed + fine):
        subscriptions.note(at, failed=n >= fine)
    return subscriptions


@pytest.mark.parametrize(
    ("failed", "fine", "enabled"),
    [(950, 50, True), (951, 49, False), (999, 0, True), (1000, 0, False), (0, 5000, True)],
)
def test_above_95_percent_of_at_least_1000_in_an_hour_ends_the_subscriptions(failed, fine, enabled) -> None:
    assert delivered(failed, fine).enabled is enabled


def test_what_failed_more_than_an_hour_ago_does_not_count() -> None:
    subscriptions = delivered(999, 0)
    subscriptions.note(NOON + timedelta(hours=1), failed=True)
    assert subscriptions.enabled
    subscriptions = delivered(999, 0)
    subscriptions.note(NOON + timedelta(minutes=59), failed=True)
    assert not subscriptions.enabled


async def test_where_subscriptions_ended_no_event_comes_until_somebody_enables_them(
    slack, event_app, control
) -> None:
    subscriptions = slack.link.events.subscriptions
    subscriptions.least = 4
    event_app.statuses = [500] * 4
    for text in ("waits for its retry", "one too many"):
        assert subscriptions.enabled
        await slack.visitor("UAINO").say(text)
        await slack.link.settled()
    assert not subscriptions.enabled
    await slack.visitor("UAINO").say("not sent")
    assert slack.workspace.log[-1]["error"] == "subscriptions_disabled"
    slack.workspace.clock.advance(timedelta(minutes=1))
    assert len(await event_app.events()) == 4
    assert (await control("subscriptions"))["ok"]
    await slack.visitor("UAINO").say("three")
    assert (await event_app.events())[-1]["text"] == "three"
