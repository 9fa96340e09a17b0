"""A whole Kaiku beside a local workspace, as the tests drive it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web_app

from bot.app import App
from bot.demo import demo_settings
from bot.domain.privacy import PrivacyNotice
from bot.services.privacy.notice_file import read_notice
from bot.slack.socket_mode import SocketTimeouts
from sandbox import MovableClock, Visitor, Workspace, WorkspaceServer
from sandbox.manifest import Manifest, load_yaml
from storage.engine import Store
from storage.sending.claims import due_kinds
from tests.conftest import ROOT, FakeClock
from tests.support.shipped_plan import BOOK

SECRET = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MANIFEST = Manifest.read(ROOT / "manifest.yml")
PEOPLE = load_yaml(ROOT / "sandbox/people.yml")
PATIENCE = 30.0
"""Seconds of real time that the workspace waits for an ack, and a trigger id is good for."""
NOTICE = read_notice()
"""The shipped privacy notice."""
ORDERED = {"http_500_before", "ratelimited"}
ANSWERS = {"users_not_found"}
"""What the workspace says of an address that nobody has: an answer, not a refusal."""


@dataclass(repr=False)  # asyncio writes out what a task returned whenever a handler of signals is set
class Running:
    """The parts a test looks into; ``visitor`` acts as one of the workspace's people."""

    app: App
    server: WorkspaceServer
    clock: FakeClock

    @property
    def store(self) -> Store:
        return self.app.store

    def visitor(self, user_id: str) -> Visitor:
        return self.server.visitor(user_id)

    async def settle(self) -> None:
        """Let every event arrive and everything that is due be sent."""
        await self.server.link.settled()
        for _ in range(10):
            await self.app.sender.tick()
            if not await self.store.read(due_kinds, self.clock.now()):
                return
            self.clock.advance(seconds=1.5)  # one message a second in a conversation

    async def restart(self, notice: PrivacyNotice = NOTICE) -> None:
        """Stop and start the app, on the same database."""
        url = self.app.settings.database_url
        await self.app.stop()
        self.app = await start_app(self.server, url, self.clock, notice)

    @property
    def refused(self) -> list[dict]:
        """What the workspace refused of what the app sent; the faults that a test ordered are no refusals."""
        return [
            entry
            for entry in self.server.workspace.log
            if entry["direction"] == "from_app"
            and not entry["ok"]
            and entry["error"] not in ORDERED | ANSWERS
        ]


async def start_kaiku(database_url: str, clock: FakeClock) -> Running:
    """Start both on free ports, over HTTP; the app is strict about its own payloads."""
    server = await start_workspace(clock)
    return Running(await start_app(server, database_url, clock), server, clock)


@asynccontextmanager
async def running_kaiku(database_url: str, clock: FakeClock) -> AsyncIterator[Running]:
    """Both, until the end; then the workspace must have refused nothing."""
    running = await start_kaiku(database_url, clock)
    yield running
    await running.app.stop()
    await running.server.stop()
    # aiohttp keeps the middlewares of the last 1,024 handlers, and with them every Kaiku of these tests.
    web_app._cached_build_middleware.cache_clear()
    assert not running.refused, running.refused


async def start_app(
    server: WorkspaceServer,
    database_url: str,
    clock: FakeClock,
    notice: PrivacyNotice = NOTICE,
    *,
    ticks: bool = True,
    answer_within: float = PATIENCE,
    channels: bool = False,
    team_id: str = "",
) -> App:
    """A Kaiku for this workspace."""
    settings = demo_settings(server, database_url, SECRET).model_copy(
        update={"channels": channels, "team_id": team_id}
    )
    app = App(
        settings,
        clock,
        book=BOOK,
        notice=notice,
        strict=True,
        ticks=ticks,
        answer_within=answer_within,
    )
    await app.start()
    server.link.app_url = f"http://127.0.0.1:{app.port}/slack/events"
    return app


async def start_kaiku_by_socket(
    server: WorkspaceServer, database_url: str, clock: FakeClock, timeouts: SocketTimeouts, token: str
) -> Running:
    """The same beside a workspace that runs already, by Socket Mode. Raises StartError."""
    settings = demo_settings(server, database_url, SECRET).model_copy(
        update={"app_token": token, "signing_secret": ""}
    )
    app = App(
        settings, clock, book=BOOK, notice=NOTICE, strict=True, timeouts=timeouts, answer_within=PATIENCE
    )
    await app.start()
    return Running(app, server, clock)


async def start_workspace(clock: FakeClock) -> WorkspaceServer:
    """The local workspace in the test's time."""
    movable = MovableClock()
    movable.now = clock.now  # type: ignore[method-assign]  # one fake time for both
    workspace = Workspace(MANIFEST, movable, PEOPLE)
    workspace.reset()
    server = WorkspaceServer(workspace)
    await server.start()
    # A shared machine stands still for seconds now and then; what Slack's three seconds mean for Kaiku has
    # tests of its own, which set them.
    server.link.ack_seconds = PATIENCE
    workspace.claims.trigger_seconds = PATIENCE
    return server
