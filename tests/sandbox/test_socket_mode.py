"""Socket Mode on the wire, without any client library: what the workspace says and what it takes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

import sandbox.socket_mode
from sandbox import WorkspaceServer
from tests.sandbox.shapes import field, modal

Json = dict[str, Any]
Connect = Callable[..., Awaitable[ClientWebSocketResponse]]


async def address(slack: WorkspaceServer, token: str | None = None) -> str:
    client = AsyncWebClient(token=token or slack.workspace.app_token, base_url=slack.api_url)
    answer = await client.apps_connections_open(app_token=token or slack.workspace.app_token)
    url: str = answer["url"]
    return url


@pytest.fixture
async def connect(slack: WorkspaceServer, http: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    """Opens a connection and reads its hello, unless that is what the test wants to see."""
    opened = []

    async def open_one(*, hello: bool = True, more: str = "") -> ClientWebSocketResponse:
        socket = await http.ws_connect(await address(slack) + more, autoping=False)
        opened.append(socket)
        if hello:
            assert (await socket.receive_json())["type"] == "hello"
        return socket

    yield open_one
    for socket in opened:
        await socket.close()


def red_lines(slack: WorkspaceServer) -> list[str]:
    return [entry["error"] for entry in slack.workspace.log if not entry["ok"]]


@pytest.mark.parametrize(
    ("token", "scopes", "code"),
    [
        ("xoxb-local-workspace", {"connections:write"}, "not_allowed_token_type"),
        ("xapp-another", {"connections:write"}, "invalid_auth"),
        ("xapp-1-AKAIKU-local-workspace", {"authorizations:read"}, "missing_scope"),
    ],
)
async def test_a_connection_is_opened_by_the_app_level_token_with_its_scope(
    slack: WorkspaceServer, token: str, scopes: set[str], code: str
) -> None:
    slack.workspace.app_scopes = frozenset(scopes)
    with pytest.raises(SlackApiError) as refused:
        await address(slack, token)
    assert refused.value.response["error"] == code
    if code == "missing_scope":
        assert refused.value.response["needed"] == "connections:write"


async def test_the_app_level_token_opens_nothing_else(slack: WorkspaceServer) -> None:
    client = AsyncWebClient(token=slack.workspace.app_token, base_url=slack.api_url)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.chat_postMessage(channel="UAINO", text="x")


async def test_an_address_opens_one_connection_within_half_a_minute(slack, http) -> None:
    now = 100.0
    slack.workspace.claims.monotonic = lambda: now
    first, second = await address(slack), await address(slack)
    async with http.ws_connect(first):
        now = 130.1
        for used in (first, second, f"{slack.url}/link", f"{slack.url}/link?ticket=x"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await http.ws_connect(used)


async def test_hello_counts_the_connections_and_tells_how_long_they_last(connect: Connect) -> None:
    first = await (await connect(hello=False)).receive_json()
    second = await (await connect(hello=False, more="&debug_reconnects=true")).receive_json()
    assert first == {
        "type": "hello",
        "num_connections": 1,
        "debug_info": {"host": "local-workspace", "build_number": 1, "approximate_connection_time": 18060},
        "connection_info": {"app_id": "AKAIKU"},
    }
    assert second["num_connections"] == 2
    assert second["debug_info"]["approximate_connection_time"] == 360


async def test_a_command_comes_in_an_envelope_and_is_answered_in_its_ack(slack, connect) -> None:
    socket = await connect()
    typed = asyncio.create_task(slack.visitor("UAINO").command("/echo hi"))
    envelope = await socket.receive_json()
    assert envelope.keys() == {"envelope_id", "type", "accepts_response_payload", "payload"}
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"].keys() >= {"command", "text", "trigger_id", "response_url", "user_id"}
    payload = {"text": "all", "response_type": "in_channel"}
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": payload})
    assert (await typed).error is None
    assert [m["text"] for m in slack.visitor("UELSA").messages()] == ["all"]


async def test_what_slack_would_refuse_in_an_ack_is_refused_here_too(slack, connect, client) -> None:
    socket = await connect()
    await client.views_open(trigger_id=slack.workspace.new_trigger("UAINO"), view=modal(field("why")))
    sent = asyncio.create_task(slack.visitor("UAINO").submit(why="x"))
    envelope = await socket.receive_json()
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", True)
    payload = {"response_action": "errors", "errors": {"nowhere": "?"}}
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": payload})
    assert (await sent).error == "invalid_errors"


async def test_an_event_takes_no_payload_and_says_which_try_it_is(slack, connect) -> None:
    socket = await connect()
    slack.link.ack_seconds = 0.03
    going = asyncio.create_task(slack.visitor("UAINO").open_home())
    first, second = await socket.receive_json(), await socket.receive_json()
    assert first["type"] == "events_api"
    assert first["accepts_response_payload"] is False
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"] == second["payload"]
    assert first["envelope_id"] != second["envelope_id"]
    slack.link.ack_seconds = 3
    await socket.send_json({"envelope_id": second["envelope_id"], "payload": {"text": "x"}})
    assert (await going).acked
    assert red_lines(slack) == ["operation_timeout", "response_payload_not_accepted"]


async def test_each_payload_goes_to_one_connection_and_all_have_their_turn(slack, connect) -> None:
    sockets = [await connect() for _ in range(3)]
    reads = [asyncio.create_task(socket.receive_json()) for socket in sockets]
    aino = slack.visitor("UAINO")
    acts = [asyncio.create_task(aino.command(f"/echo {n}")) for n in range(3)]
    got = await asyncio.gather(*reads)
    assert {each["payload"]["text"] for each in got} == {"0", "1", "2"}
    for socket, envelope in zip(sockets, got, strict=True):
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
    assert all(outcome.acked for outcome in await asyncio.gather(*acts))


async def test_a_late_ack_is_too_late(slack, connect) -> None:
    socket = await connect()
    slack.link.ack_seconds = 0.03
    outcome = await slack.visitor("UAINO").command("/echo")
    assert (outcome.acked, outcome.status, outcome.error) == (False, None, "operation_timeout")
    for frame in ({"envelope_id": (await socket.receive_json())["envelope_id"]}, {"ack": 1}, []):
        await socket.send_json(frame)
    await socket.send_str("nonsense")
    await socket.ping(b"all read?")
    assert (await socket.receive()).type is WSMsgType.PONG
    assert red_lines(slack) == ["operation_timeout", "unknown_envelope", *["invalid_ack"] * 3]


async def test_what_happens_while_nobody_is_connected_is_not_told_later(slack, connect) -> None:
    aino = slack.visitor("UAINO")
    outcome = await aino.command("/echo lost")
    assert (outcome.acked, outcome.status, outcome.error) == (False, None, "dispatch_failed")
    assert not (await aino.open_home()).acked
    assert red_lines(slack) == ["not_connected", "not_connected"]
    socket = await connect()
    slack.link.ack_seconds = 0.03
    await aino.command("/echo new")
    assert (await socket.receive_json())["payload"]["text"] == "new"


async def test_the_eleventh_connection_is_refused_and_the_ten_stay(slack, connect) -> None:
    for _ in range(10):
        await connect()
    eleventh = await connect(hello=False)
    assert await eleventh.receive_json() == {
        "type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "local-workspace"},
    }  # fmt: skip
    assert (await eleventh.receive()).type is WSMsgType.CLOSE
    assert len(slack.sockets.connections) == 10


async def test_an_app_that_is_reached_over_http_can_not_connect(slack, connect) -> None:
    slack.app_url = "http://127.0.0.1:9/slack/events"
    socket = await connect(hello=False)
    assert (await socket.receive_json())["reason"] == "link_disabled"


async def test_slack_pings_and_answers_pings(slack, connect) -> None:
    slack.sockets.ping_seconds = 0.01
    socket = await connect()
    frame = await socket.receive()
    assert (frame.type, frame.data) == (WSMsgType.PING, b"Ping from local-workspace")
    slack.sockets.ping_seconds = 60
    await socket.ping(b"there?")
    while frame.type is WSMsgType.PING:
        frame = await socket.receive()
    assert (frame.type, frame.data) == (WSMsgType.PONG, b"there?")


async def act(slack: WorkspaceServer, http: aiohttp.ClientSession, **asked: str) -> Json:
    async with http.post(f"{slack.url}/control/sockets", json=asked) as answer:
        found: Json = await answer.json()
        return found


async def test_slack_warns_and_then_closes_for_a_refresh(slack, connect, http) -> None:
    socket = await connect()
    assert (await act(slack, http, do="warn"))["ok"]
    assert (await socket.receive_json())["reason"] == "warning"
    closing = asyncio.create_task(act(slack, http, do="refresh"))
    assert (await socket.receive_json())["reason"] == "refresh_requested"
    assert (await socket.receive()).type is WSMsgType.CLOSE
    await closing
    assert not slack.sockets.connections


async def test_an_old_connection_is_warned_and_closed_by_itself(slack, connect, monkeypatch) -> None:
    monkeypatch.setattr(sandbox.socket_mode, "LIFE_SECONDS", 0.02)
    monkeypatch.setattr(sandbox.socket_mode, "WARNING_SECONDS", 0.01)
    socket = await connect()
    reasons = [(await socket.receive_json())["reason"] for _ in range(2)]
    assert reasons == ["warning", "refresh_requested"]
    assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_a_connection_dies_silently_on_demand(slack, connect, http) -> None:
    dead, alive = await connect(), await connect()
    async with http.get(f"{slack.url}/control/sockets") as answer:
        first, second = (await answer.json())["connections"]
    assert await act(slack, http, do="silence", connection=first["id"]) == {
        "ok": True, "connections": [first["id"]],
    }  # fmt: skip
    assert [each.silent for each in slack.sockets.connections] == [True, False]
    slack.link.ack_seconds = 0.05
    await dead.ping(b"there?")
    reads = [asyncio.create_task(socket.receive()) for socket in (dead, alive)]
    outcomes = [await slack.visitor("UAINO").command("/echo") for _ in range(2)]
    assert [outcome.error for outcome in outcomes] == ["operation_timeout"] * 2
    assert [read.done() for read in reads] == [False, True], "Slack does not know that one is dead"
    await act(slack, http, do="drop", connection=first["id"])
    assert (await reads[0]).type in {WSMsgType.CLOSED, WSMsgType.ERROR}
    assert second["silent"] is False


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"do": "dance"}, "unknown_act"),
        ({"do": "drop", "connection": "x"}, "no_such_connection"),
        ({}, "bad_request"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(slack, connect, http, asked, code) -> None:
    await connect()
    assert (await act(slack, http, **asked))["error"] == code
