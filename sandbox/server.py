"""The workspace over HTTP, on loopback only: Web API, response addresses, control API, page."""

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox.app_client import AppClient
from sandbox.app_link import AppLink
from sandbox.control import Control
from sandbox.methods.apps import SOCKET_PATH
from sandbox.response_urls import answer_later
from sandbox.socket_mode import SocketMode
from sandbox.visitor import Visitor
from sandbox.web_api import answer
from sandbox.workspace import Workspace

PAGE = Path(__file__).parent / "page"
SAVE_AFTER_SECONDS = 0.3
SAVE_SHARE = 20
"""Saving takes at most one part in so many of the time, however much there is to save."""
MOST_BYTES = 4 * 1024 * 1024
"""Of a request: more than any that Slack would take, so that what is too large is refused by its own code."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WorkspaceServer:
    """Serves a workspace, and drives the app at ``app_url``, which may be set later; while there is none, the
    app is reached by Socket Mode. Port 0 takes a free one.

    Raises ValueError for a host that others could reach.
    """

    def __init__(
        self, workspace: Workspace, app_url: str = "", *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        host = "127.0.0.1" if host == "localhost" else host
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError("the local workspace listens on loopback only")
        self.workspace = workspace
        self.sockets = SocketMode(workspace, is_off=lambda: bool(self.app_url))
        self.link = AppLink(workspace, AppClient(workspace, self.sockets, app_url))
        self._host, self._port = host, port
        self._saving: asyncio.TimerHandle | None = None
        self._save_seconds = 0.0
        self._control = Control(workspace, self.link, self.sockets)
        app = web.Application(middlewares=[_only_from_here], client_max_size=MOST_BYTES)
        app.router.add_route("*", "/api/{method}", self._web_api)
        app.router.add_post("/response/{secret}", self._respond)
        app.router.add_get(SOCKET_PATH, self.sockets.connect)
        app.router.add_routes(self._control.routes())
        app.router.add_get("/", self._index)
        app.router.add_static("/", PAGE)
        app.on_shutdown.append(self._end_streams)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    @property
    def app_url(self) -> str:
        """Where the app takes Slack's requests; empty for Socket Mode."""
        return self.link.app_url

    @app_url.setter
    def app_url(self, url: str) -> None:
        self.link.app_url = url

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"{self.url}/api/"

    def visitor(self, user_id: str, channel: str = "CYLEINEN") -> Visitor:
        """Somebody to act as; for tests and scripts."""
        return Visitor(self.link, user_id, channel)

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.link.base_url = self.workspace.address = self.url
        if self.workspace.state_file is not None:
            self.workspace.on_change.append(self._save_soon)
            self.workspace.clock.on_move.append(self._save_soon)

    async def stop(self) -> None:
        """Close every connection and keep what lasts. Raises OSError if that can't be written."""
        await self.link.stop()
        await self._runner.cleanup()
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
        if self.workspace.state_file is not None:
            self.workspace.on_change.remove(self._save_soon)
            self.workspace.clock.on_move.remove(self._save_soon)
            self.workspace.save()

    def _save_soon(self) -> None:
        if self._saving is None and self.workspace.unsaved:
            wait = max(SAVE_AFTER_SECONDS, SAVE_SHARE * self._save_seconds)
            self._saving = asyncio.get_running_loop().call_later(wait, self._save_now)

    def _save_now(self) -> None:
        began = time.monotonic()
        self._saving = None
        self.workspace.save()
        self._save_seconds = time.monotonic() - began

    async def _end_streams(self, _: web.Application) -> None:
        self._control.end_streams()

    async def _index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _web_api(self, request: web.Request) -> web.StreamResponse:
        return await answer(self.workspace, request)

    async def _respond(self, request: web.Request) -> web.Response:
        return await answer_later(self.workspace, request)


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests from other sites in the same browser: their Origin differs, and after DNS rebinding
    their Host."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    origin = request.headers.get("Origin")
    if host not in {"127.0.0.1", "localhost", "::1"} or origin not in {None, f"http://{request.host}"}:
        return web.json_response({"ok": False, "error": "only_from_this_machine"}, status=403)
    response = await handler(request)
    if not response.prepared:
        response.headers.setdefault("Cache-Control", "no-cache")
    return response
