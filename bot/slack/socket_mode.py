"""Socket Mode: Slack over WebSockets that Kaiku opens, so that Kaiku needs no public address.

Two connections are kept, so that one serves while the other is renewed or found dead. slack_sdk has a client
for this; docs/decisions/0008-socket-mode.md says why it is not used.
"""

import asyncio
import json
import logging
import random
import time
from typing import Any

import aiohttp
from msgspec import Struct, field
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.proxy_env_variable_loader import load_http_proxy_from_env

from bot.request import begin_request
from bot.slack.client import SlackClient, SlackUnavailableError
from bot.slack.dispatch import MalformedPayloadError, Payload, dispatch, parse_json
from bot.tracing import span
from bot.watching import Watching, kind_of, outcome_of

log = logging.getLogger(__name__)

LINES = 2
"""Slack allows ten connections per app; each of these needs a second one for a moment while it is renewed."""

FINAL = {
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
    "not_allowed_token_type", "missing_scope", "link_disabled",
}  # fmt: skip
"""Reasons for which Slack refuses a connection and which don't go away by waiting."""


class SocketTimeouts(Struct, frozen=True):
    """Time-outs and intervals, in seconds of real time."""

    heartbeat: float = 10.0
    """After this much silence a ping is sent; without an answer in half as long again, the connection is
    dead."""
    hello: float = 10.0
    """From connecting to Slack's hello."""
    first_wait: float = 0.5
    longest_wait: float = 30.0
    """The longest time between attempts. It doubles each time, with a random part so that instances spread
    out."""
    steady: float = 60.0
    """A connection that lasted this long is replaced at once when it ends."""
    linger: float = 30.0
    """How long a connection that was replaced may still deliver."""
    finish: float = 5.0
    """For requests in progress when Kaiku stops."""
    goodbye: float = 1.0
    """For Slack's answer to a close."""


class _Connection(Struct, eq=False):
    """One WebSocket after its hello. ``leaving``: Slack has announced its end, or it has ended."""

    socket: aiohttp.ClientWebSocketResponse
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Task[None] | None = None


class SocketMode:
    """Receives Slack's envelopes and acks each once it is processed: commit, then ack.

    An envelope without an ack counts as not delivered: Slack sends an event again, and tells a person that
    their click did not work.
    """

    def __init__(
        self,
        bolt: AsyncApp,
        slack: SlackClient,
        app_token: str,
        timeouts: SocketTimeouts,
        watching: Watching,
    ) -> None:
        self._bolt = bolt
        self._slack = slack
        self._watching = watching
        self._app_token = app_token
        self._timing = timeouts
        self._connections: set[_Connection] = set()
        self._lines: list[asyncio.Task[None]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._proxy = load_http_proxy_from_env(log)

    @property
    def is_alive(self) -> bool:
        """Whether Slack can reach Kaiku, as far as known."""
        return bool(self._connections)

    async def start(self) -> None:
        """Connect; while Slack is unavailable, keep trying. Raises SlackUnavailableError for a reason in
        FINAL."""
        self._session = aiohttp.ClientSession()
        first = None
        try:
            first = await self._open()
        except SlackUnavailableError as error:
            if error.reason in FINAL:
                raise
            _log_away(error)
        self._lines = [asyncio.create_task(self._keep(each)) for each in (first, *[None] * (LINES - 1))]

    async def stop(self) -> None:
        """Accept nothing more, finish and ack what is in progress, close the connections."""
        self._stopping = True
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        if self._under_way:
            _, unfinished = await asyncio.wait(self._under_way, timeout=self._timing.finish)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        reading = [each.reading for each in self._connections if each.reading is not None]
        await asyncio.gather(*(each.socket.close() for each in self._connections))
        await asyncio.gather(*reading)
        await self._session.close()

    async def _keep(self, connection: _Connection | None) -> None:
        """Keep one line for as long as Kaiku runs; whatever ends it, it is taken up again."""
        failures = 0
        while True:
            try:
                await self._hold(connection)
            except Exception:
                log.exception("a line to Slack failed", extra={"action": "socket_failed"})
            failures, connection = failures + 1, None
            await asyncio.sleep(self._wait(failures))

    async def _hold(self, connection: _Connection | None) -> None:
        """Hold one line: the next connection is open before Slack closes the last one."""
        tries = 0
        loop = asyncio.get_running_loop()
        previous: _Connection | None = None
        while True:
            if connection is None:
                try:
                    connection = await self._open()
                except SlackUnavailableError as error:
                    _log_away(error)
                    tries += 1
                    await asyncio.sleep(max(self._wait(tries), error.retry_after))
                    continue
            if previous is not None:
                loop.call_later(self._timing.linger, self._let_go, previous)
            opened_at = loop.time()
            await connection.leaving.wait()
            previous, connection = connection, None
            if loop.time() - opened_at >= self._timing.steady:
                tries = 0
            elif tries:
                await asyncio.sleep(self._wait(tries))
            tries += 1

    def _wait(self, tries: int) -> float:
        return wait_before(tries, self._timing, random.random())  # noqa: S311 - jitter, not a secret

    async def _open(self) -> _Connection:
        """A connection on which Slack said hello. Raises SlackUnavailableError."""
        url = await self._slack.open_socket(self._app_token)
        socket: aiohttp.ClientWebSocketResponse | None = None
        try:
            async with asyncio.timeout(self._timing.hello):
                socket = await self._session.ws_connect(
                    url,
                    heartbeat=self._timing.heartbeat,
                    timeout=aiohttp.ClientWSTimeout(ws_close=self._timing.goodbye),
                    proxy=self._proxy,
                )
                frame = await socket.receive_json()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, TypeError, RecursionError) as error:
            if socket is not None:
                await socket.close()
            raise SlackUnavailableError(type(error).__name__) from None
        match frame:
            case {"type": "hello"}:
                pass
            case {"type": "disconnect", "reason": str(reason)}:
                await socket.close()
                raise SlackUnavailableError(reason)
            case _:
                await socket.close()
                raise SlackUnavailableError("no_hello")
        connection = _Connection(socket)
        self._connections.add(connection)
        connection.reading = asyncio.create_task(self._read(connection))
        log.info(
            "connected to Slack",
            extra={"action": "socket_opened", "connections": frame.get("num_connections")},
        )
        return connection

    async def _read(self, connection: _Connection) -> None:
        try:
            async for message in connection.socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(connection, message.data)
        except Exception:
            log.exception("a connection to Slack failed", extra={"action": "socket_failed"})
        finally:
            self._connections.discard(connection)
            connection.leaving.set()
            await connection.socket.close()
            why = connection.socket.exception()
            log.info(
                "a connection to Slack ended: %s",
                "closed" if why is None else why,
                extra={"action": "socket_closed"},
            )

    def _let_go(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._spawn(self._hang_up(connection))

    async def _hang_up(self, connection: _Connection) -> None:
        await connection.socket.close()

    def _take(self, connection: _Connection, text: str) -> None:
        """Handle one frame; each envelope is processed in a task of its own, so that the next
        need not wait."""
        try:
            frame = parse_json(text)
        except (ValueError, RecursionError):
            frame = None
        match frame:
            case {"envelope_id": str(envelope_id), "payload": dict(payload)}:
                if not self._stopping:
                    accepts = frame.get("accepts_response_payload") is True
                    self._spawn(self._answer(connection, envelope_id, payload, accepts=accepts))
            case {"type": "disconnect"}:
                log.info(
                    "Slack renews a connection: %s", frame.get("reason"), extra={"action": "socket_renewed"}
                )
                connection.leaving.set()
            case _:
                log.warning("a frame that can't be read", extra={"action": "request_refused"})

    async def _answer(
        self, connection: _Connection, envelope_id: str, payload: Payload, *, accepts: bool
    ) -> None:
        """Each envelope has a task of its own, and so its mark needs no taking off."""
        began, status = time.perf_counter(), 500
        mark, _ = begin_request()
        mark.kind = kind_of(payload)
        with span("request", id=mark.id, kind=mark.kind) as note:
            try:
                status = await self._do(connection, envelope_id, payload, accepts=accepts)
            finally:
                seconds = time.perf_counter() - began
                self._watching.note_request(mark, status, seconds)
                note(outcome=outcome_of(mark, status, seconds))

    async def _do(self, connection: _Connection, envelope_id: str, payload: Payload, *, accepts: bool) -> int:
        """Process and ack; the status is that of HTTP."""
        try:
            answer = await dispatch(self._bolt, payload)
        except MalformedPayloadError:
            log.warning("request refused: malformed", extra={"action": "request_refused"})
            return 400
        except Exception:
            log.exception("listener failed", extra={"action": "listener_failed"})
            return 500
        if not 200 <= answer.status < 300:
            log.warning("not acked: %s", answer.status, extra={"action": "not_acked"})
            return answer.status
        ack: dict[str, Any] = {"envelope_id": envelope_id}
        if accepts and answer.body:
            ack["payload"] = _payload_of(answer)
        # Its connection may have ended meanwhile: Slack identifies the envelope by its id on any other.
        for each in (connection, *self._connections):
            try:
                await each.socket.send_json(ack)
            except ConnectionError:
                continue
            return answer.status
        log.warning("done, but no connection to ack by", extra={"action": "not_acked"})
        return 503

    def _spawn(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def wait_before(tries: int, timeouts: SocketTimeouts, chance: float) -> float:
    """Seconds to wait after this many attempts; ``chance`` (0 to 1) takes up to half of it off."""
    longest = min(timeouts.longest_wait, timeouts.first_wait * 2.0 ** min(tries - 1, 20))
    return longest * (1 - chance / 2)


def _payload_of(answer: BoltResponse) -> object:
    """The answer's body, as HTTP would carry it."""
    if answer.headers.get("content-type", [""])[0].startswith("application/json"):
        return json.loads(answer.body)
    return {"text": answer.body}


def _log_away(error: SlackUnavailableError) -> None:
    level = logging.ERROR if error.reason in FINAL else logging.WARNING
    log.log(level, "no connection to Slack: %s", error.reason, extra={"action": "slack_away"})
