"""An HTTP server that strangers can't exhaust: aiohttp's server with limits on incomplete requests.

aiohttp accepts any number of connections, waits for each without limit, decompresses bodies, and logs what it
can't parse. Its own options limit the size of the headers and turn decompression off. This module limits the
time for the headers, the number of connections, and the bytes that incomplete requests hold together.
"""

import asyncio
import logging
import resource
import socket
import traceback
from collections import Counter
from typing import Any, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
"""Bytes; Slack's own payloads stay far below (a view is at most 250 kB)."""

MAX_HELD = 24 * 1024 * 1024
"""Bytes that incomplete requests may hold together. Beyond that the connection that holds most is closed."""

MAX_CONNECTIONS = 3000
"""Two thousand people may click at once. Beyond that the connection that has waited longest is closed."""

RECEIVE_BUFFER = 32 * 1024
"""Bytes that the system buffers for a connection before Kaiku counts them."""

SPARE_FILES = 200
"""File descriptors kept for the database, Slack and the log."""

HEAD_SECONDS = 10.0
"""From connecting to the end of the first request's headers."""

REFUSALS_EVERY = 60.0
"""Seconds between log lines about refused requests."""

_OPTIONS: dict[str, Any] = {
    "access_log": None,  # a calendar's address is a secret
    "auto_decompress": False,
    "keepalive_timeout": 75.0,  # longer than the proxy in front keeps an idle connection
    "lingering_time": 0.0,  # a refused body is not read to its end
    "max_headers": 64,
    "max_line_size": 8190,
    "max_field_size": 4096,
    "read_bufsize": 16 * 1024,
}


class RefusalLog:
    """Logs at most one line a minute, however many requests are refused, with nothing that a
    stranger sent."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._next: asyncio.TimerHandle | None = None

    def count(self, why: str) -> None:
        """Count a refused request; ``why`` is one of our own words. The first is logged at once."""
        self._counts[why] += 1
        if self._next is None:
            self._tell()

    def close(self) -> None:
        """Log the remaining counts."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self._counts:
            self._write()

    def _tell(self) -> None:
        self._next = None
        if self._counts:
            self._write()
            self._next = asyncio.get_running_loop().call_later(REFUSALS_EVERY, self._tell)

    def _write(self) -> None:
        counts = dict(self._counts.most_common())
        self._counts.clear()
        log.warning(
            "requests refused: %s",
            ", ".join(f"{why} {number}" for why, number in counts.items()),
            extra={"action": "request_refused", "counts": counts},
        )


class BoundedServer(web.Server):
    """aiohttp's server with these limits. ``runner`` must be set up; its application answers the requests."""

    def __init__(self, runner: web.AppRunner, refusals: RefusalLog) -> None:
        server = runner.server
        assert server is not None
        super().__init__(server.request_handler, request_factory=server.request_factory)
        self.refusals = refusals
        self._most = _room_for_connections()
        self._arriving: dict[Connection, None] = {}
        self._held = 0

    def __call__(self) -> web.RequestHandler:
        return Connection(self)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        connection = cast("Connection", handler)
        if len(self._connections) >= self._most:
            self.refusals.count("crowded")
            next(iter(self._arriving), connection).force_close()
        self._arriving[connection] = None

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        self.has_arrived(cast("Connection", handler))
        super().connection_lost(handler, exc)

    def has_received(self, connection: "Connection", size: int) -> None:
        """Count ``size`` more bytes of an incomplete request."""
        if connection not in self._arriving:
            return
        connection.held += size
        self._held += size
        if self._held > MAX_HELD:
            self.refusals.count("crowded")
            largest = max(self._arriving, key=lambda each: each.held)
            self.has_arrived(largest)
            largest.force_close()

    def has_arrived(self, connection: "Connection") -> None:
        """The connection's request is complete, so its bytes no longer count as held."""
        if connection in self._arriving:
            del self._arriving[connection]
            self._held -= connection.held
            connection.held = 0

    def awaits(self, connection: "Connection") -> None:
        """The connection was answered and waits for another request."""
        self.has_arrived(connection)
        if not connection.is_closed:
            self._arriving[connection] = None


class Connection(web.RequestHandler):
    """One connection. Errors are answered and counted in our own words, never in a stranger's."""

    __slots__ = ("_head_deadline", "_server", "held")

    def __init__(self, server: BoundedServer) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(server, loop=loop, **_OPTIONS)
        self._server = server
        self.held = 0
        self._head_deadline = loop.call_later(HEAD_SECONDS, self._close_slow)

    @property
    def is_closed(self) -> bool:
        return self.transport is None

    def has_head(self) -> None:
        """The first request's headers are complete."""
        self._head_deadline.cancel()

    def has_arrived(self) -> None:
        self._server.has_arrived(self)

    def data_received(self, data: bytes) -> None:
        self._server.has_received(self, len(data))
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._head_deadline.cancel()
        super().connection_lost(exc)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self._server.awaits(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp could not parse, or an exception that no handler caught."""
        self.has_head()
        if isinstance(exc, HttpProcessingError):
            self._server.refusals.count("not HTTP")
        else:
            log_failure("request failed", exc)
        response = web.Response(status=status, text="bad request" if status < 500 else "failed")
        set_headers(response)
        response.force_close()
        return response

    def log_exception(self, *_args: object, exc_info: BaseException | None = None, **_more: object) -> None:
        log_failure("connection failed", exc_info)

    def _close_slow(self) -> None:
        self._server.refusals.count("slow")
        self.force_close()


def has_head(request: web.Request) -> None:
    """The headers are complete: cancel the deadline for them."""
    if isinstance(request.protocol, Connection):
        request.protocol.has_head()


def has_arrived(request: web.Request) -> None:
    """The request is complete and accepted: its connection is no longer the first to be closed."""
    if isinstance(request.protocol, Connection):
        request.protocol.has_arrived()


def set_headers(response: web.StreamResponse) -> None:
    """Set the headers of every answer: no content sniffing, no name of the server software, and no caching
    unless the handler allows it."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Server"] = "Kaiku"


def log_failure(what: str, error: BaseException | None) -> None:
    """Log an internal error with its location but without its text, which may quote the request."""
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    where = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
    kind = type(error).__name__
    log.error("%s: %s in %s", what, kind, where, extra={"action": "request_failed", "kind": kind})


def _room_for_connections() -> int:
    """The most connections: our limit, or fewer if the system limits open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(soft - SPARE_FILES, soft // 2)
    return MAX_CONNECTIONS
