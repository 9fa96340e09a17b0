"""Socket Mode: the real Kaiku on real WebSockets. What is acked is stored; a dead connection is replaced."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.slack.socket_mode import LINES, SocketTimeouts, wait_before
from bot.start_checks import StartError
from sandbox import Visitor, WorkspaceServer
from sandbox.workspace import Fault
from storage.engine import Store
from storage.tables import Enrolment, Person
from tests.conftest import ROOT, FakeClock
from tests.support.running import Running, start_kaiku_by_socket, start_workspace

CALM = SocketTimeouts(first_wait=0.01, longest_wait=0.02, steady=0.0, goodbye=0.1)
WATCHFUL = SocketTimeouts(first_wait=0.01, longest_wait=0.02, steady=0.0, goodbye=0.1, heartbeat=0.1)

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def slack(clock: FakeClock) -> AsyncIterator[WorkspaceServer]:
    server = await start_workspace(clock)
    yield server
    await server.stop()


@pytest.fixture
async def start(slack: WorkspaceServer, planned_url: str, clock: FakeClock) -> AsyncIterator[Start]:
    """Starts Kaiku and waits until all its lines are connected."""
    started: list[Running] = []

    async def start_one(
        timeouts: SocketTimeouts = CALM, *, connected: bool = True, token: str = ""
    ) -> Running:
        token = token or slack.workspace.app_token
        running = await start_kaiku_by_socket(slack, planned_url, clock, timeouts, token)
        started.append(running)
        if connected:
            await until(slack, lambda: len(slack.sockets.connections) == LINES)
        return running

    yield start_one
    for running in started:
        await running.app.stop()


async def until(slack: WorkspaceServer, holds: Callable[[], bool]) -> None:
    """Wait for what the workspace notices: connections, answers, messages."""
    changed = asyncio.Event()
    slack.workspace.on_change.append(changed.set)
    async with asyncio.timeout(20):
        while not holds():
            await changed.wait()
            changed.clear()
    slack.workspace.on_change.remove(changed.set)


async def get(kaiku: Running, path: str) -> tuple[int, str]:
    address = f"http://127.0.0.1:{kaiku.app.port}{path}"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()


async def fill_in_join(aino: Visitor) -> None:
    """Up to the form with which a newcomer joins."""
    await aino.command("/kaiku join dialogue-2")


async def send_join(aino: Visitor) -> Any:
    return await aino.submit(agency="vero", role="expert", language="fi")


def enrolments(kaiku: Running) -> int:
    with kaiku.store.read_transaction() as tx:
        return tx.scalar(select(func.count()).select_from(Enrolment)) or 0


async def test_a_person_joins_and_everything_works_as_over_http(slack: WorkspaceServer, start: Start) -> None:
    kaiku = await start()
    aino = kaiku.visitor("UAINO")
    await fill_in_join(aino)
    outcome = await send_join(aino)
    assert outcome.error is None
    assert outcome.view is not None, "the answer came in the ack, and replaced the form"
    assert enrolments(kaiku) == 1
    helped = await aino.command("/kaiku help")
    assert helped.message is not None
    assert "Näin käytät Kaikua" in helped.message["text"]
    await aino.close()
    assert (await aino.open_home()).acked
    await kaiku.settle()
    assert aino.home is not None
    assert aino.direct_messages
    assert 'kaiku_requests_total{kind="form",outcome="answered"} 1.0' in (await get(kaiku, "/metrics"))[1]
    assert not kaiku.refused


async def test_the_http_server_still_serves_health_but_takes_nothing_from_slack(start: Start) -> None:
    kaiku = await start()
    assert await get(kaiku, "/healthz") == (200, "ok")
    assert await get(kaiku, "/readyz") == (200, "ready")
    address = f"http://127.0.0.1:{kaiku.app.port}/slack/events"
    async with aiohttp.ClientSession() as session, session.post(address, data=b"{}") as response:
        assert response.status == 404, "without a secret anybody could sign"


async def test_a_wrong_form_is_corrected_in_the_ack(slack: WorkspaceServer, start: Start) -> None:
    aino = (await start()).visitor("UAINO")
    await fill_in_join(aino)
    outcome = await aino.submit(agency="other", role="expert", language="fi")
    assert outcome.errors
    assert outcome.error is None


async def test_the_same_envelope_twice_is_one_enrolment_and_the_same_answer(
    slack: WorkspaceServer, start: Start
) -> None:
    kaiku = await start()
    aino = kaiku.visitor("UAINO")
    await fill_in_join(aino)
    await send_join(aino)
    sent = next(entry for entry in slack.workspace.log if entry["what"] == "view_submission")
    again = await slack.sockets.deliver("interactive", sent["request"])
    assert isinstance(again, dict)
    assert again["response_action"] == "update"
    assert enrolments(kaiku) == 1


async def test_an_event_that_could_not_be_stored_is_not_acked_and_slack_sends_it_again(
    slack: WorkspaceServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    kaiku = await start()
    slack.link.ack_seconds = 0.5
    real, broken = kaiku.store.run, [True]

    async def run(*given: Any) -> Any:
        if broken:
            broken.clear()
            raise RuntimeError("the disk is full")
        return await real(*given)

    monkeypatch.setattr(kaiku.store, "run", run)
    assert (await kaiku.visitor("UAINO").open_home()).acked
    tries = [entry["ok"] for entry in slack.workspace.log if "app_home_opened" in entry["what"]]
    assert tries == [False, True]


class Held:
    """Holds every transaction of Kaiku until it is released."""

    def __init__(self, kaiku: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.released = asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def held(real: Callable[..., Any]) -> Callable[..., Any]:
            async def run(work: Callable[..., Any], *given: Any) -> Any:
                def slowly(tx: Any, *same: Any) -> Any:
                    loop.call_soon_threadsafe(self.reached.set)
                    self.released.wait(20)
                    return work(tx, *same)

                return await real(slowly, *given)

            return run

        for name in ("run", "run_batched"):
            monkeypatch.setattr(kaiku.store, name, held(getattr(kaiku.store, name)))


async def test_what_is_under_way_when_it_stops_is_stored_and_acked_and_nothing_new_is_taken(
    slack: WorkspaceServer, planned_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kaiku = await start_kaiku_by_socket(slack, planned_url, clock, CALM, slack.workspace.app_token)
    aino, elsa = kaiku.visitor("UAINO"), kaiku.visitor("UELSA")
    await fill_in_join(aino)
    held = Held(kaiku, monkeypatch)
    joining = asyncio.create_task(send_join(aino))
    await held.reached.wait()
    stored_by = kaiku.store.close
    seen = []
    monkeypatch.setattr(kaiku.store, "close", lambda: (seen.append(enrolments(kaiku)), stored_by()))
    stopping = asyncio.create_task(kaiku.app.stop())
    slack.link.ack_seconds = 0.1
    late = await elsa.command("/kaiku help")
    assert late.error == "operation_timeout", "nothing new is taken"
    assert not joining.done(), "not acked before it is stored"
    held.released.set()
    outcome = await joining
    await stopping
    assert (outcome.acked, outcome.error) == (True, None)
    assert seen == [1]
    assert slack.sockets.connections == []
    assert "unknown_envelope" not in [entry["error"] for entry in slack.workspace.log]


async def test_what_was_acked_outlives_a_process_that_is_killed_in_the_middle(
    slack: WorkspaceServer, planned_url: str
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "KAIKU_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run",
        cwd=ROOT,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment | {
            "SLACK_BOT_TOKEN": slack.workspace.bot_token, "SLACK_APP_TOKEN": slack.workspace.app_token,
            "SLACK_API_URL": slack.api_url, "KAIKU_DATABASE_URL": planned_url, "KAIKU_PORT": "0",
        },
    )  # fmt: skip
    await until(slack, lambda: len(slack.sockets.connections) == LINES)
    people = [slack.visitor(user) for user in ("UAINO", "UELSA", "UOLLI", "UHELI", "UTIMO", "UMARJA")]
    for person in people:
        await person.command("/kaiku settings")

    killed = []

    def kill_after_the_first_ack() -> None:
        if not killed and any(entry["what"] == "view_submission" for entry in slack.workspace.log):
            killed.append(process.kill())

    assert all(person.modals for person in people)
    slack.workspace.on_change.append(kill_after_the_first_ack)
    slack.link.ack_seconds = 1.0
    outcomes = await asyncio.gather(*(person.submit(agency="vero", role="expert") for person in people))
    slack.workspace.on_change.remove(kill_after_the_first_ack)
    assert await process.wait() == -signal.SIGKILL
    acked = {person.id for person, outcome in zip(people, outcomes, strict=True) if outcome.acked}
    assert acked, outcomes
    store = Store(planned_url)
    with store.read_transaction() as tx:
        stored = set(tx.scalars(select(Person.c.id).where(Person.c.agency == "vero")))
    store.close()
    assert acked <= stored


async def test_a_connection_that_dies_silently_is_found_and_replaced(
    slack: WorkspaceServer, start: Start
) -> None:
    kaiku = await start(WATCHFUL)
    dead = await slack.sockets.act("silence")
    await until(slack, lambda: len(alive(slack)) == LINES)
    assert not set(alive(slack)) & set(dead)
    await until(slack, lambda: len(slack.sockets.connections) == LINES)
    assert (await kaiku.visitor("UAINO").command("/kaiku help")).acked


def alive(slack: WorkspaceServer) -> list[str]:
    return [each.id for each in slack.sockets.connections if not each.silent]


async def test_a_quiet_connection_that_answers_is_left_alone(
    slack: WorkspaceServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(WATCHFUL)
    before, asked = alive(slack), asyncio.Semaphore(0)
    for connection in slack.sockets.connections:
        monkeypatch.setattr(connection.socket, "pong", answering(connection.socket.pong, asked))
    for _ in range(3 * LINES):
        await asked.acquire()
    assert alive(slack) == before


def answering(pong: Callable[[bytes], Awaitable[None]], asked: asyncio.Semaphore) -> Any:
    async def answer(data: bytes) -> None:
        await pong(data)
        asked.release()

    return answer


async def test_the_next_connection_is_open_before_slack_closes_the_last(
    slack: WorkspaceServer, start: Start
) -> None:
    kaiku = await start()
    leaving = alive(slack)[0]
    await slack.sockets.act("warn", leaving)
    await until(slack, lambda: len(slack.sockets.connections) == LINES + 1)
    aino = kaiku.visitor("UAINO")
    outcomes = [await aino.command("/kaiku help") for _ in range(LINES + 1)]
    assert all(outcome.acked for outcome in outcomes), "the leaving one too still serves"
    await slack.sockets.act("refresh", leaving)
    await until(slack, lambda: len(slack.sockets.connections) == LINES)
    assert leaving not in alive(slack)
    assert (await aino.command("/kaiku help")).acked


async def test_a_connection_that_slack_does_not_close_after_its_warning_is_let_go(
    slack: WorkspaceServer, start: Start
) -> None:
    await start(SocketTimeouts(first_wait=0.01, longest_wait=0.02, steady=0.0, linger=0.03))
    leaving = alive(slack)[0]
    await slack.sockets.act("warn", leaving)
    await until(slack, lambda: len(alive(slack)) == LINES and leaving not in alive(slack))


async def test_an_ack_goes_over_another_connection_when_its_own_has_closed(
    slack: WorkspaceServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    kaiku = await start()
    aino = kaiku.visitor("UAINO")
    await fill_in_join(aino)
    held = Held(kaiku, monkeypatch)
    joining = asyncio.create_task(send_join(aino))
    await held.reached.wait()
    gone = set(await slack.sockets.act("refresh"))
    await until(slack, lambda: len(alive(slack)) == LINES and not gone & set(alive(slack)))
    held.released.set()
    assert (await joining).acked


async def test_while_slack_lets_nobody_in_it_is_not_ready_and_then_comes_back(
    slack: WorkspaceServer, start: Start
) -> None:
    kaiku = await start()
    slack.workspace.random_faults = lambda method: Fault(method, 0, "http_500_before")
    await slack.sockets.act("drop")
    await until(slack, lambda: not slack.sockets.connections)
    await until(slack, lambda: slack.workspace.log[-1]["what"] == "apps.connections.open")
    assert await get(kaiku, "/readyz") == (503, "socket")
    assert await get(kaiku, "/healthz") == (200, "ok")
    slack.workspace.random_faults = None
    await until(slack, lambda: len(slack.sockets.connections) == LINES)
    assert await get(kaiku, "/readyz") == (200, "ready")
    assert (await kaiku.visitor("UAINO").command("/kaiku help")).acked


@pytest.mark.parametrize(
    ("junk", "content_type"),
    [
        (b"ok", "text/plain"),
        (b'"x"', "application/json"),
        (b"\xff", "text/plain"),
        (b'{"ok": true}', "application/json"),
        (b'{"ok": true, "url": 5}', "application/json"),
        (b'{"ok": true, "url": "wss://"}', "application/json"),
        (b'{"ok": true, "url": "https://x"}', "application/json"),
    ],
)
async def test_an_address_that_is_none_costs_no_line(
    slack: WorkspaceServer, start: Start, junk: bytes, content_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    kaiku = await start()
    fault = Fault("apps.connections.open", 3, "junk_after", junk=junk, content_type=content_type)
    slack.workspace.faults.append(fault)
    gone = set(slack.sockets.connections)
    await slack.sockets.act("drop")
    await until(
        slack,
        lambda: len(slack.sockets.connections) == LINES and not gone & set(slack.sockets.connections),
    )
    assert "no connection to Slack" in caplog.text
    assert await get(kaiku, "/readyz") == (200, "ready")
    assert (await kaiku.visitor("UAINO").command("/kaiku help")).acked


async def test_a_line_that_fails_is_logged_and_taken_up_again(
    slack: WorkspaceServer, start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kaiku = await start()
    opening, failed = kaiku.app.slack.open_socket, []

    async def fail_twice(token: str) -> str:
        if len(failed) < LINES:
            failed.append(token)
            raise RuntimeError("nobody has thought of this")
        return await opening(token)

    monkeypatch.setattr(kaiku.app.slack, "open_socket", fail_twice)
    gone = set(slack.sockets.connections)
    await slack.sockets.act("drop")
    await until(
        slack,
        lambda: len(slack.sockets.connections) == LINES and not gone & set(slack.sockets.connections),
    )
    assert caplog.text.count("a line to Slack failed") == LINES
    assert (await kaiku.visitor("UAINO").command("/kaiku help")).acked


async def test_it_waits_for_its_turn_when_ten_connections_are_taken(
    slack: WorkspaceServer, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession() as session:
        taken = []
        for _ in range(10):
            socket = await session.ws_connect(await slack_address(session, slack))
            await socket.receive_json()
            taken.append(socket)
        kaiku = await start(connected=False)
        assert await get(kaiku, "/readyz") == (503, "socket")
        assert "too_many_websockets" in caplog.text
        for socket in taken[:3]:
            await socket.close()
        await until(slack, lambda: len(slack.sockets.connections) == 7 + LINES)
        for socket in taken:
            await socket.close()
    assert await get(kaiku, "/readyz") == (200, "ready")


async def slack_address(session: aiohttp.ClientSession, slack: WorkspaceServer) -> str:
    headers = {"Authorization": f"Bearer {slack.workspace.app_token}"}
    async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as answer:
        url: str = (await answer.json())["url"]
        return url


@pytest.mark.parametrize("frame", ["nonsense", "[]", "{}", '{"type": "news"}'])
async def test_a_frame_that_makes_no_sense_harms_nothing(
    slack: WorkspaceServer, start: Start, frame: str, caplog: pytest.LogCaptureFixture
) -> None:
    kaiku = await start()
    for connection in slack.sockets.connections:
        await connection.socket.send_str(frame)
    assert (await kaiku.visitor("UAINO").command("/kaiku help")).acked
    assert "can't be read" in caplog.text
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_payload_that_lacks_its_parts_is_not_acked(
    slack: WorkspaceServer, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    await start()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await slack.sockets.deliver("interactive", {"type": "block_actions", "actions": []})
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"app_token": "xapp-another"}, ["SLACK_APP_TOKEN", "invalid_auth", "App-Level Tokens"]),
        ({"app_scopes": frozenset({"x"})}, ["SLACK_APP_TOKEN", "connections:write"]),
    ],
    ids=["wrong token", "missing scope"],
)
async def test_a_token_that_slack_refuses_is_said_plainly(
    slack: WorkspaceServer, start: Start, change: dict[str, Any], words: list[str]
) -> None:
    token = slack.workspace.app_token
    for name, value in change.items():
        setattr(slack.workspace, name, value)
    with pytest.raises(StartError) as refused:
        await start(connected=False, token=token)
    assert all(word in str(refused.value) for word in words)


async def test_socket_mode_switched_off_is_said_plainly(slack: WorkspaceServer, start: Start) -> None:
    slack.app_url = "http://127.0.0.1:9/slack/events"
    with pytest.raises(StartError, match="Socket Mode is off"):
        await start(connected=False)


def test_waits_double_up_to_a_limit_and_chance_takes_at_most_half_off() -> None:
    timeouts = SocketTimeouts(first_wait=1, longest_wait=30)
    assert [wait_before(tries, timeouts, 0.0) for tries in (1, 2, 3, 5, 6, 10_000)] == [1, 2, 4, 16, 30, 30]
    assert wait_before(3, timeouts, 1.0) == 2
