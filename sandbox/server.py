"""The workspace over HTTP, on loopback only: Web API, response addresses, control API, page."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox.app_link import AppLink
from sandbox.control import Control
from sandbox.visitor import Visitor
from sandbox.web_api import answer, read_message
from sandbox.workspace import BOT_USER, Json, SlackError, Workspace

PAGE = Path(__file__).parent / "page"
SAVE_AFTER_SECONDS = 0.3

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WorkspaceServer:
    """Serves a workspace, and drives the app at ``app_url``. Port 0 takes a free one."""

    def __init__(
        self, workspace: Workspace, app_url: str = "", *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError("the local workspace listens on loopback only")
        self.workspace = workspace
        self.link = AppLink(workspace, app_url)
        self._host, self._port = host, port
        self._saving: asyncio.TimerHandle | None = None
        app = web.Application(middlewares=[_only_from_here], client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._web_api)
        app.router.add_post("/response/{secret}", self._respond)
        app.router.add_routes(Control(workspace, self.link).routes())
        app.router.add_get("/", self._index)
        app.router.add_static("/", PAGE)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

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
        self.link.base_url = self.url
        if self.workspace.state_file is not None:
            self.workspace.on_change.append(self._save_soon)

    async def stop(self) -> None:
        await self.link.stop()
        await self._runner.cleanup()
        if self._saving is not None:
            self._saving.cancel()
        self.workspace.save()

    def _save_soon(self) -> None:
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(SAVE_AFTER_SECONDS, self._save_now)

    def _save_now(self) -> None:
        self._saving = None
        self.workspace.save()

    async def _index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _web_api(self, request: web.Request) -> web.StreamResponse:
        return await answer(self.workspace, request)

    async def _respond(self, request: web.Request) -> web.Response:
        """``response_url``: five answers in half an hour, for the asker's eyes unless it says otherwise."""
        given: Json = await request.json()
        result: Json = {"ok": True}
        try:
            address = self.workspace.use_response_address(request.match_info["secret"])
            messages = self.workspace.data["messages"].setdefault(address.channel, [])
            before = next((m for m in messages if m["ts"] == address.message_ts), None)
            if given.get("delete_original") and before is not None:
                messages.remove(before)
                self.workspace.changed()
            else:
                text, blocks = read_message(given)
                if given.get("replace_original") and before is not None:
                    before.update(text=text, blocks=blocks)
                    self.workspace.changed()
                else:
                    in_channel = given.get("response_type") == "in_channel"
                    only_to = None if in_channel else address.user
                    self.workspace.add_message(
                        address.channel, BOT_USER, text, blocks=blocks, ephemeral_to=only_to
                    )
        except SlackError as error:
            result = {"ok": False, "error": error.code, **error.fields}
        self.workspace.note(
            {
                "direction": "from_app",
                "what": "response_url",
                "ok": result["ok"],
                "error": result.get("error"),
                "request": given,
                "response": result,
            }
        )
        return web.json_response(result, status=200 if result["ok"] else 404)


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page elsewhere must not drive this workspace through the browser that happens to be open."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    origin = request.headers.get("Origin")
    if host not in {"127.0.0.1", "localhost", "::1"} or origin not in {None, f"http://{request.host}"}:
        return web.Response(status=403, text="only from this machine")
    response = await handler(request)
    if not response.prepared:
        response.headers.setdefault("Cache-Control", "no-cache")
    return response
