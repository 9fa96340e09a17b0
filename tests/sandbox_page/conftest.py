"""The page of the local workspace in a real browser; behind it a small app that is told what to answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page

from sandbox import MovableClock, Workspace, WorkspaceServer

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


@dataclass
class SmallApp:
    """Acks everything at once with ``answers[kind]``; ``delays[kind]`` seconds late."""

    answers: dict[str, Json] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    received: list[Json] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            payload = (await request.json())["event"]
            kind = payload["type"]
        else:
            form = dict(await request.post())
            payload = json.loads(form["payload"]) if "payload" in form else form
            kind = payload.get("type", "command")
        self.received.append({"kind": kind, **payload})
        await asyncio.sleep(self.delays.get(kind, 0))
        answer = self.answers.get(kind)
        return web.Response() if answer is None else web.json_response(answer)

    def last(self, kind: str) -> Json:
        return [each for each in self.received if each["kind"] == kind][-1]


@pytest.fixture
def app() -> SmallApp:
    return SmallApp()


@pytest_asyncio.fixture(loop_scope="session")
async def slack(app: SmallApp) -> AsyncIterator[WorkspaceServer]:
    """The workspace on Monday 11 February 2019, 10:00 in Helsinki."""
    application = web.Application()
    application.router.add_post("/slack/events", app.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    workspace = Workspace.load(
        manifest=ROOT / "manifest.yml",
        people=ROOT / "sandbox/people.yml",
        clock=MovableClock(datetime(2019, 2, 11, 8, 0, tzinfo=UTC)),
    )
    workspace.change_person({"id": "UAINO", "locale": "en-GB"})  # the page speaks her language
    server = WorkspaceServer(workspace, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    await server.start()
    yield server
    await server.stop()
    await runner.cleanup()


OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, slack: WorkspaceServer) -> AsyncIterator[OpenPage]:
    """Open the workspace as somebody; an error in the page's own script fails the test."""
    errors: list[str] = []

    async def open_as(user_id: str = "UAINO", **options: Any) -> Page:
        page = await browser.new_page(**options)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(5000)
        await page.goto(f"{slack.url}/?as={user_id}")
        await page.get_by_test_id("composer").wait_for()
        return page

    yield open_as
    assert not errors, errors


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.capitalize()), "value": value}


def options(*values: str) -> list[Json]:
    return [option(value) for value in values]


def field_of(name: str, kind: str, **more: Any) -> Json:
    """An input block whose block_id, action_id and label are all ``name``; ``optional`` goes to the block."""
    optional = more.pop("optional", True)
    element = {"type": kind, "action_id": name, **more}
    return {"type": "input", "block_id": name, "label": plain(name), "optional": optional, "element": element}


def modal(*blocks: Json, title: str = "A form") -> Json:
    return {
        "type": "modal", "callback_id": "form", "title": plain(title), "submit": plain("Send"),
        "close": plain("Cancel"), "blocks": list(blocks), "notify_on_close": True,
    }  # fmt: skip
