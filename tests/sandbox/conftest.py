"""A workspace over real HTTP, a third party's manifest, and a tiny Bolt app that knows nothing of either."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import yaml
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import MovableClock, Workspace, WorkspaceServer

PEOPLE = Path(__file__).parents[2] / "sandbox/people.yml"
SCOPES = [
    "chat:write",
    "commands",
    "im:write",
    "im:read",
    "im:history",
    "users:read",
    "channels:read",
    "channels:history",
]
EVENTS = ["app_home_opened", "user_change", "message.im"]


class StillClock(MovableClock):
    """Stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        super().advance(by)
        self._now += by


def manifest(folder: Path, *, scopes: list[str] = SCOPES, events: list[str] = EVENTS) -> Path:
    """The manifest of an app that a stranger might bring."""
    file = folder / "manifest.yml"
    content = {
        "display_information": {"name": "Echo"},
        "features": {
            "app_home": {"home_tab_enabled": True},
            "bot_user": {"display_name": "Echo"},
            "slash_commands": [
                {"command": "/echo", "description": "Says it again", "should_escape": True},
                {"command": "/raw", "description": "Says it as it is", "should_escape": False},
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "interactivity": {"is_enabled": True},
            "event_subscriptions": {"bot_events": events},
        },
    }
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.load(manifest=manifest(tmp_path), people=PEOPLE, clock=MovableClock())


@pytest.fixture
async def slack(workspace: Workspace) -> AsyncIterator[WorkspaceServer]:
    server = WorkspaceServer(workspace)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def bolt(slack: WorkspaceServer) -> AsyncIterator[AsyncApp]:
    """A Bolt app, listening where the workspace sends; Bolt itself verifies every signature."""
    app = AsyncApp(
        token=slack.workspace.bot_token,
        signing_secret=slack.workspace.signing_secret,
        client=AsyncWebClient(token=slack.workspace.bot_token, base_url=slack.api_url),
        process_before_response=True,
    )

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async with Listening(handle) as url:
        slack.app_url = url
        yield app


class Listening:
    """Serves one handler on a free port while the block runs; the address is what it gives."""

    def __init__(self, handler) -> None:
        application = web.Application()
        application.router.add_post("/slack/events", handler)
        self.runner = web.AppRunner(application, shutdown_timeout=0.1)

    async def __aenter__(self) -> str:
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/slack/events"

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: WorkspaceServer) -> AsyncWebClient:
    """The app's own way to the Web API."""
    return AsyncWebClient(token=slack.workspace.bot_token, base_url=slack.api_url)
