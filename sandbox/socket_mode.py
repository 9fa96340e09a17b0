"""Socket Mode: the app opens WebSockets, and Slack's envelopes go down one of them."""

import asyncio
import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from sandbox.errors import SlackError
from sandbox.workspace import APP_ID, Json, Workspace

HOST = "local-workspace"
MOST_CONNECTIONS = 10
LIFE_SECONDS = 18_060.0
DEBUG_LIFE_SECONDS = 360.0
"""Slack's: about five hours, or six minutes with ``debug_reconnects=true`` in the address."""
WARNING_SECONDS = 10.0
PING_SECONDS = 10.0
CLOSE_SECONDS = 1.0
ACTS = ("silence", "warn", "refresh", "drop")


class NotConnectedError(Exception):
    """The app has no connection open, so the envelope is lost."""


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket of the app's. A silent one looks open to both sides, but nothing gets through."""

    id: str
    socket: web.WebSocketResponse
    request: web.Request
    silent: bool = False


@dataclass(slots=True)
class SocketMode:
    """The app's connections, and the envelopes that wait for an ack.

    ``is_off`` tells whether the app is reached over HTTP instead.
    """

    workspace: Workspace
    is_off: Callable[[], bool]
    ping_seconds: float = PING_SECONDS
    connections: list[Connection] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[object]] = field(default_factory=dict)
    _turn: int = 0

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """``GET /link?ticket=...``: a WebSocket, from hello until one side ends it."""
        try:
            self.workspace.claims.use_ticket(request.query.get("ticket", ""))
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.code}, status=401)
        socket = web.WebSocketResponse(autoping=False, timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        connection = Connection(uuid.uuid4().hex[:8], socket, request)
        if self.is_off() or len(self.connections) >= MOST_CONNECTIONS:
            reason = "link_disabled" if self.is_off() else "too_many_websockets"
            self._note("socket refused", connection, error=reason)
            await self._disconnect(connection, reason)
            return socket
        self.connections.append(connection)
        life = DEBUG_LIFE_SECONDS if request.query.get("debug_reconnects") == "true" else LIFE_SECONDS
        hello = {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": HOST, "build_number": 1, "approximate_connection_time": int(life)},
            "connection_info": {"app_id": APP_ID},
        }
        ageing = [
            asyncio.create_task(self._grow_old(connection, life)),
            asyncio.create_task(self._ping(connection)),
        ]
        try:
            await socket.send_json(hello)
            self._note("socket opened", connection)
            async for message in socket:
                if connection.silent:
                    continue
                if message.type is WSMsgType.PING:
                    await socket.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._take_ack(message.data)
        except ConnectionError:
            pass  # the app hung up while we were talking
        finally:
            for task in ageing:
                task.cancel()
            self.connections.remove(connection)
            self._note("socket closed", connection)
        return socket

    async def deliver(self, kind: str, payload: Json, retry_attempt: int = 0) -> object:
        """Send an envelope on one of the connections and wait, without limit, for its ack; return the ack's
        payload or None. Raises NotConnectedError or ConnectionError."""
        open_now = [each for each in self.connections if not each.socket.closed]
        if not open_now:
            raise NotConnectedError
        self._turn += 1
        connection = open_now[self._turn % len(open_now)]
        accepts = kind == "slash_commands" or payload.get("type") in {"view_submission", "block_suggestion"}
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "accepts_response_payload": accepts,
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry_attempt, "retry_reason": "timeout" if retry_attempt else ""}
        acked = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = acked
        try:
            if not connection.silent:
                await connection.socket.send_json(envelope)
            given: object = await acked
        finally:
            del self._waiting[envelope["envelope_id"]]
        if given is not None and not accepts:
            self._note("ack", connection, error="response_payload_not_accepted")
            return None
        return given

    async def act(self, do: str, connection_id: str | None = None) -> list[str]:
        """Act on one connection or all, as the control API orders; return their ids. Raises SlackError.

        ``silence``: nothing gets through any more. ``warn``: Slack will close it soon. ``refresh``: Slack
        closes it now. ``drop``: the network breaks it.
        """
        if do not in ACTS:
            raise SlackError("unknown_act", detail=f"one of {', '.join(ACTS)}")
        chosen = [each for each in self.connections if connection_id in {None, each.id}]
        if not chosen and connection_id is not None:
            raise SlackError("no_such_connection")
        for connection in chosen:
            match do:
                case "silence":
                    connection.silent = True
                    self._note("socket silenced", connection)
                case "warn":
                    await self._say_disconnect(connection, "warning")
                case "refresh":
                    await self._disconnect(connection, "refresh_requested")
                case _:
                    assert connection.request.transport is not None
                    connection.request.transport.abort()
        return [connection.id for connection in chosen]

    async def stop(self) -> None:
        await asyncio.gather(*(connection.socket.close() for connection in self.connections))

    def _take_ack(self, text: str) -> None:
        try:
            ack = json.loads(text)
            envelope_id = str(ack["envelope_id"])
        except (ValueError, TypeError, KeyError, RecursionError):
            self._note_ack(text, "invalid_ack")
            return
        acked = self._waiting.get(envelope_id)
        if acked is None or acked.done():
            self._note_ack(ack, "unknown_envelope")  # acked before, or too late
            return
        acked.set_result(ack.get("payload"))

    async def _ping(self, connection: Connection) -> None:
        with suppress(ConnectionError):
            while True:
                await asyncio.sleep(self.ping_seconds)
                if not connection.silent:
                    await connection.socket.ping(f"Ping from {HOST}".encode())

    async def _grow_old(self, connection: Connection, life: float) -> None:
        await asyncio.sleep(life - WARNING_SECONDS)
        await self._say_disconnect(connection, "warning")
        await asyncio.sleep(WARNING_SECONDS)
        await self._disconnect(connection, "refresh_requested")

    async def _disconnect(self, connection: Connection, reason: str) -> None:
        await self._say_disconnect(connection, reason)
        await connection.socket.close()

    async def _say_disconnect(self, connection: Connection, reason: str) -> None:
        if not connection.silent:
            with suppress(ConnectionError):
                frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
                await connection.socket.send_json(frame)

    def _note_ack(self, ack: object, error: str) -> None:
        self.workspace.note(
            {
                "direction": "from_app", "what": "ack", "ok": False, "error": error, "ms": 0,
                "request": ack, "response": None,
            }
        )  # fmt: skip

    def _note(self, what: str, connection: Connection, error: str | None = None) -> None:
        self.workspace.note(
            {
                "direction": "from_app", "what": what, "ok": error is None, "error": error, "ms": 0,
                "request": {"connection": connection.id, "connections": len(self.connections)},
                "response": None,
            }
        )  # fmt: skip
