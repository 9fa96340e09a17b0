"""A conversation is read to its end whatever Slack's limits are, and what is on it is found once."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.domain.sending.outcomes import CannotTell, Found, NotNow, NotThere, Sent
from bot.slack.answers import DELIVERY_EVENT
from bot.slack.client import SlackClient
from sandbox import WorkspaceServer
from sandbox.workspace import BOT_USER, Fault
from tests.conftest import FakeClock
from tests.support.running import start_workspace

AINO, DIRECT = "UAINO", "DAINO"
OURS = {"event_type": DELIVERY_EVENT, "event_payload": {"id": "7"}}


@pytest.fixture
async def server(clock: FakeClock) -> AsyncIterator[WorkspaceServer]:
    """A workspace in which the app may read one page of 15 messages a minute."""
    server = await start_workspace(clock)
    server.workspace.is_commercial = True
    server.workspace.direct_channel(AINO)
    yield server
    await server.stop()


@pytest.fixture
async def client(server: WorkspaceServer) -> AsyncIterator[SlackClient]:
    client = SlackClient(server.workspace.bot_token, server.api_url, strict=True)
    await client.start()
    await client.introduce()
    yield client
    await client.stop()


def say(server: WorkspaceServer, messages: int, user: str = AINO) -> None:
    for n in range(messages):
        server.workspace.add_message(DIRECT, user, f"{n}")


def send(server: WorkspaceServer) -> str:
    """The message of delivery 7 arrives."""
    ts: str = server.workspace.add_message(DIRECT, BOT_USER, "we", metadata=OURS)["ts"]
    return ts


def pages(server: WorkspaceServer) -> list[bool]:
    """Of every page that was asked for, whether Slack gave it."""
    return [entry["ok"] for entry in server.workspace.log if entry["what"] == "conversations.history"]


async def test_a_message_on_the_third_page_is_found_in_as_many_minutes(
    server: WorkspaceServer, client: SlackClient, clock: FakeClock
) -> None:
    since = clock.now()
    ts = send(server)
    say(server, 40)
    for _ in range(2):
        assert await client.find_message(AINO, 7, since) == CannotTell("ratelimited", 60)
        clock.advance(minutes=1)
    assert await client.find_message(AINO, 7, since) == Found(DIRECT, ts)
    assert pages(server) == [True, False, True, False, True]


async def test_what_goes_on_where_it_stopped_ends_and_what_begins_anew_would_not(
    server: WorkspaceServer, client: SlackClient, clock: FakeClock
) -> None:
    since = clock.now()
    say(server, 40)

    async def traces(*, forgets: bool) -> list[str]:
        found = []
        for _ in range(6):
            if forgets:
                client._history._searches.clear()
            found.append(type(await client.find_message(DIRECT, 7, since)).__name__)
            clock.advance(minutes=1)
        return found

    assert await traces(forgets=True) == ["CannotTell"] * 6
    client._history._searches.clear()
    found = await traces(forgets=False)
    assert found[:4] == ["CannotTell", "CannotTell", "CannotTell", "NotThere"], "the fourth reads what is new"


async def test_what_arrives_while_the_history_is_read_is_found_at_its_end(
    server: WorkspaceServer, client: SlackClient, clock: FakeClock
) -> None:
    since = clock.now()
    say(server, 20)
    assert isinstance(await client.find_message(DIRECT, 7, since), CannotTell)
    clock.advance(minutes=1)
    ts = send(server)  # an attempt of before, which Slack took late
    assert isinstance(await client.find_message(DIRECT, 7, since), CannotTell)
    clock.advance(minutes=1)
    assert await client.find_message(DIRECT, 7, since) == Found(DIRECT, ts)


async def test_a_message_of_before_the_window_is_not_looked_for(
    server: WorkspaceServer, client: SlackClient, clock: FakeClock
) -> None:
    send(server)
    say(server, 40)
    clock.advance(hours=1)
    say(server, 3)
    assert await client.find_message(DIRECT, 7, clock.now()) == NotThere()
    assert pages(server) == [True]


async def test_a_cursor_that_slack_takes_no_more_begins_the_search_anew(
    server: WorkspaceServer, client: SlackClient, clock: FakeClock
) -> None:
    since = clock.now()
    ts = send(server)
    say(server, 20)
    assert isinstance(await client.find_message(DIRECT, 7, since), CannotTell)
    clock.advance(minutes=1)
    junk = b'{"ok": false, "error": "invalid_cursor"}'
    fault = Fault("conversations.history", 1, "junk_before", junk=junk, content_type="application/json")
    server.workspace.faults.append(fault)
    assert await client.find_message(DIRECT, 7, since) == CannotTell("invalid_cursor"), (
        "it may be asked again"
    )
    assert await client.find_message(DIRECT, 7, since) == CannotTell("ratelimited", 60)
    clock.advance(minutes=1)
    assert await client.find_message(DIRECT, 7, since) == Found(DIRECT, ts)


@pytest.mark.parametrize("forgets", [False, True], ids=["goes on", "begins anew"])
async def test_a_conversation_is_cleared_behind_pages_of_what_others_wrote(
    server: WorkspaceServer, client: SlackClient, clock: FakeClock, forgets: bool
) -> None:
    say(server, 20, BOT_USER)
    say(server, 20)
    until, outcomes = clock.now() + timedelta(seconds=1), []

    def left() -> int:
        return sum(each["user"] == BOT_USER for each in server.workspace.data["messages"][DIRECT])

    for _ in range(6):
        if forgets:
            client._history._clearings.clear()
        outcomes.append(await client.clear_conversation(DIRECT, until))
        clock.advance(minutes=1)
    if forgets:
        assert left() == 20, "it never gets past the first page"
        return
    assert NotNow("ratelimited", 60) in outcomes
    assert Sent(DIRECT) in outcomes
    assert left() == 0


async def test_an_app_of_ones_own_reads_its_history_at_once(
    server: WorkspaceServer, client: SlackClient, clock: FakeClock
) -> None:
    server.workspace.is_commercial = False
    since: datetime = clock.now()
    say(server, 240)
    assert await client.find_message(DIRECT, 7, since) == NotThere()
    assert pages(server) == [True] * 3
