"""A workspace over real HTTP, a third party's manifest, and a tiny Bolt app that knows nothing of either."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
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
EVENTS = ["app_home_opened", "team_join", "user_change", "message.im"]
EVERY_SCOPE = [
    *SCOPES,
    "app_mentions:read",
    "channels:manage",
    "dnd:read",
    "groups:history",
    "groups:read",
    "groups:write",
]
EVERY_EVENT = [
    *EVENTS,
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_created",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "tokens_revoked",
]


class StillClock(MovableClock):
    """Stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += max(by, timedelta())
        super().advance(by)


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


def full_workspace(folder: Path, **manifest_of: list[str]) -> Workspace:
    """A workspace whose time stands still, with an app that may do and hear everything."""
    wanted = {"scopes": EVERY_SCOPE, "events": EVERY_EVENT} | manifest_of
    clock = StillClock(datetime(2019, 2, 11, 8, 0, tzinfo=UTC))
    return Workspace.load(manifest=manifest(folder, **wanted), people=PEOPLE, clock=clock)


async def refusal(call: Any) -> str:
    """The code by which Slack refused a call."""
    with pytest.raises(SlackApiError) as refused:
        await call
    assert refused.value.response.data["ok"] is False
    return str(refused.value.response.data["error"])


class EventApp:
    """Keeps every event that comes, with its headers, and answers with the next of ``statuses``, then 200."""

    def __init__(self, slack: WorkspaceServer) -> None:
        self.slack = slack
        self.envelopes: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.answer_headers: dict[str, str] = {}

    async def handle(self, request: web.Request) -> web.Response:
        self.envelopes.append(await request.json())
        self.headers.append(dict(request.headers))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self.answer_headers)

    async def events(self, *types: str) -> list[dict[str, Any]]:
        """What came so far, of these types or of all, after all on its way has come; in the order in which
        it happened, not that in which it came."""
        await self.slack.link.settled()
        found = sorted((each["event"] for each in self.envelopes), key=lambda event: float(event["event_ts"]))
        return [each for each in found if not types or each["type"] in types]


@pytest.fixture
async def event_app(slack: WorkspaceServer) -> AsyncIterator[EventApp]:
    app = EventApp(slack)
    async with Listening(app.handle) as url:
        slack.app_url = url
        yield app


@pytest.fixture
async def control(slack: WorkspaceServer, http: aiohttp.ClientSession) -> Any:
    """POST /control/<name> as Kalle, or as whom ``me`` says; gives the answer."""

    async def post(name: str, /, me: str = "UKOORD", **body: Any) -> dict[str, Any]:
        async with http.post(f"{slack.url}/control/{name}", json={"as": me, **body}) as response:
            answer: dict[str, Any] = await response.json()
        await slack.link.settled()
        return answer

    return post


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: WorkspaceServer) -> AsyncWebClient:
    """The app's own way to the Web API."""
    return AsyncWebClient(token=slack.workspace.bot_token, base_url=slack.api_url)
