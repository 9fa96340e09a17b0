"""Scheduled messages: they wait for the workspace's clock, and for no longer than Slack lets them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import MovableClock, Workspace, WorkspaceServer
from sandbox.channel_acts import archive_channel
from tests.sandbox.conftest import PEOPLE, full_workspace, manifest, refusal

CHANNEL = "CYLEINEN"
METADATA = {"event_type": "delivery", "event_payload": {"id": 7}}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Its time stands still until it is moved."""
    return full_workspace(tmp_path)


def in_seconds(slack: WorkspaceServer, seconds: int) -> int:
    return int(slack.workspace.clock.now().timestamp()) + seconds


async def schedule(slack: WorkspaceServer, client: Any, seconds: int, **more: Any) -> dict[str, Any]:
    answer = await client.chat_scheduleMessage(
        **{"channel": "UAINO", "text": "myöhemmin", "post_at": in_seconds(slack, seconds)} | more
    )
    data: dict[str, Any] = answer.data
    return data


def direct(slack: WorkspaceServer) -> list[str]:
    return [each["text"] for each in slack.workspace.data["messages"].get("DAINO", [])]


async def test_a_scheduled_message_is_posted_when_the_clock_gets_there_and_not_before(slack, client) -> None:
    await schedule(slack, client, 7200, text="toinen")
    first = await schedule(slack, client, 3600, text="ensimmäinen")
    assert first["channel"] == "DAINO"
    slack.workspace.clock.advance(timedelta(seconds=3590))
    assert direct(slack) == []
    slack.workspace.clock.advance(timedelta(hours=2))
    assert direct(slack) == ["ensimmäinen", "toinen"]
    assert slack.workspace.data["scheduled"] == []


async def test_a_clock_that_runs_posts_it_by_itself(tmp_path: Path) -> None:
    workspace = Workspace.load(manifest=manifest(tmp_path), people=PEOPLE, clock=MovableClock())
    slack, posted = WorkspaceServer(workspace), asyncio.Event()
    await slack.start()
    client = AsyncWebClient(token=workspace.bot_token, base_url=slack.api_url)
    workspace.on_change.append(lambda: posted.set() if direct(slack) else None)
    await schedule(slack, client, 1)
    assert direct(slack) == []
    await asyncio.wait_for(posted.wait(), 5)
    await slack.stop()


@pytest.mark.parametrize(
    ("seconds", "error"),
    [(-1, "time_in_past"), (0, "time_in_past"), (120 * 86400 + 10, "time_too_far")],
)
async def test_a_time_that_is_past_too_far_or_none_is_refused(slack, client, seconds, error) -> None:
    assert await refusal(schedule(slack, client, seconds)) == error
    assert await refusal(schedule(slack, client, 0, post_at="soon")) == "invalid_time"
    await schedule(slack, client, 120 * 86400 - 10)


async def test_five_minutes_of_a_channel_take_thirty(slack, client) -> None:
    for n in range(30):
        await schedule(slack, client, 1000 + n * 9)
    assert await refusal(schedule(slack, client, 1000)) == "restricted_too_many"
    assert await refusal(schedule(slack, client, 1299 - 5)) == "restricted_too_many"
    await schedule(slack, client, 1000 + 300)  # the window that begins at 1,009 holds 29 with it
    await schedule(slack, client, 1000, channel="UELSA")


async def test_one_that_carries_metadata_is_not_posted_and_the_log_says_so(slack, client) -> None:
    await schedule(slack, client, 60, metadata=METADATA)
    slack.workspace.clock.advance(timedelta(minutes=2))
    assert direct(slack) == []
    assert slack.workspace.log[-1]["what"] == "scheduled message"
    assert slack.workspace.log[-1]["error"] == "metadata_not_posted"


async def test_where_the_app_may_write_no_more_it_is_not_posted(slack, client) -> None:
    slack.workspace.channel(CHANNEL)["members"].append("UKAIKU")
    await schedule(slack, client, 60, channel=CHANNEL)
    archive_channel(slack.workspace, "UKOORD", CHANNEL)
    slack.workspace.clock.advance(timedelta(minutes=2))
    assert slack.workspace.log[-1]["error"] == "is_archived"


async def test_it_is_listed_until_it_is_posted_or_taken_back(slack, client) -> None:
    first, second = [await schedule(slack, client, seconds) for seconds in (600, 900)]
    listed = (await client.chat_scheduledMessages_list(channel="DAINO")).data["scheduled_messages"]
    assert [each["id"] for each in listed] == [first["scheduled_message_id"], second["scheduled_message_id"]]
    assert listed[0]["text"] == "myöhemmin"
    await client.chat_deleteScheduledMessage(
        channel="DAINO", scheduled_message_id=first["scheduled_message_id"]
    )
    slack.workspace.clock.advance(timedelta(minutes=20))
    assert direct(slack) == ["myöhemmin"]
    assert (await client.chat_scheduledMessages_list()).data["scheduled_messages"] == []
    assert await refusal(client.chat_scheduledMessages_list(channel="CNONE")) == "invalid_channel"


async def test_in_its_last_minute_it_can_not_be_taken_back(slack, client) -> None:
    made = await schedule(slack, client, 50)
    call = client.chat_deleteScheduledMessage(
        channel="DAINO", scheduled_message_id=made["scheduled_message_id"]
    )
    assert await refusal(call) == "invalid_scheduled_message_id"


async def test_it_outlives_a_restart_and_is_posted_then_if_it_is_due(tmp_path: Path) -> None:
    state = tmp_path / "state.json"

    async def served(clock: MovableClock) -> WorkspaceServer:
        workspace = Workspace.load(manifest=manifest(tmp_path), people=PEOPLE, clock=clock, state=state)
        server = WorkspaceServer(workspace)
        await server.start()
        return server

    server = await served(MovableClock())
    channel = server.workspace.direct_channel("UAINO")["id"]
    at = server.workspace.clock.now().timestamp()
    server.workspace.data["scheduled"].append(
        {
            "id": "Q1", "channel": channel, "post_at": int(at) - 1, "date_created": int(at) - 100,
            "text": "x", "blocks": [], "has_metadata": False, "thread_ts": None, "broadcast": False,
        }
    )  # fmt: skip
    await server.stop()
    server = await served(MovableClock())
    assert direct(server) == ["x"]
    await server.stop()
