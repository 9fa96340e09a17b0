"""A small app as a stranger might write it, in plain Bolt: sync and async, over HTTP and Socket Mode."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import WorkspaceServer, text_of
from tests.conftest import ROOT
from tests.sandbox.conftest import Listening, manifest
from tests.sandbox.shapes import actions, button, field, home, modal, section

TOO_SHORT = {"why": "Too short"}


def sync_app(token: str, secret: str, api_url: str) -> App:
    """Says a command again, asks why in a form, welcomes at home, hears what is written to it."""
    app = App(
        token=token, signing_secret=secret, client=WebClient(token, base_url=api_url),
        token_verification_enabled=False, process_before_response=True,
    )  # fmt: skip

    @app.command("/echo")
    def echo(ack, command, client) -> None:
        if command["text"] == "form":
            client.views_open(trigger_id=command["trigger_id"], view=modal(field("why")))
            ack()
        else:
            ack(f"You said {command['text']}")

    @app.view("form")
    def submitted(ack, view, body, client) -> None:
        why = view["state"]["values"]["why"]["why"]["value"]
        if len(why) < 3:
            ack(response_action="errors", errors=TOO_SHORT)
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=why, blocks=[actions(button("go"))])

    @app.action("go")
    def clicked(ack, respond) -> None:
        ack()
        respond(text="Gone", replace_original=True)

    @app.event("app_home_opened")
    def at_home(event, client) -> None:
        client.views_publish(user_id=event["user"], view=home(section("Welcome")))

    @app.event("message")
    def heard(event, say) -> None:
        say(f"Heard {event['text']}")

    return app


def async_app(token: str, secret: str, api_url: str) -> AsyncApp:
    """The same, async."""
    app = AsyncApp(
        token=token, signing_secret=secret, client=AsyncWebClient(token, base_url=api_url),
        process_before_response=True,
    )  # fmt: skip

    @app.command("/echo")
    async def echo(ack, command, client) -> None:
        if command["text"] == "form":
            await client.views_open(trigger_id=command["trigger_id"], view=modal(field("why")))
            await ack()
        else:
            await ack(f"You said {command['text']}")

    @app.view("form")
    async def submitted(ack, view, body, client) -> None:
        why = view["state"]["values"]["why"]["why"]["value"]
        if len(why) < 3:
            await ack(response_action="errors", errors=TOO_SHORT)
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=why, blocks=[actions(button("go"))])

    @app.action("go")
    async def clicked(ack, respond) -> None:
        await ack()
        await respond(text="Gone", replace_original=True)

    @app.event("app_home_opened")
    async def at_home(event, client) -> None:
        await client.views_publish(user_id=event["user"], view=home(section("Welcome")))

    @app.event("message")
    async def heard(event, say) -> None:
        await say(f"Heard {event['text']}")

    return app


@pytest.fixture(params=["sync http", "async http", "sync socket", "async socket"])
async def app_runs(request: pytest.FixtureRequest, slack: WorkspaceServer) -> AsyncIterator[None]:
    kind, way = request.param.split()
    workspace = slack.workspace
    make = sync_app if kind == "sync" else async_app
    app = make(workspace.bot_token, workspace.signing_secret, slack.api_url)
    if way == "http":

        async def handle(asked: web.Request) -> web.Response:
            if isinstance(app, AsyncApp):
                return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(asked)))
            body = (await asked.read()).decode()
            got = BoltRequest(body=body, headers={name: [value] for name, value in asked.headers.items()})
            return await to_aiohttp_response(await asyncio.to_thread(app.dispatch, got))

        async with Listening(handle) as url:
            slack.app_url = url
            yield
    elif isinstance(app, AsyncApp):
        handler = AsyncSocketModeHandler(app, workspace.app_token)
        await handler.connect_async()
        yield
        await handler.close_async()
    else:
        sync_handler = SocketModeHandler(app, workspace.app_token)
        await asyncio.to_thread(sync_handler.connect)
        yield
        await asyncio.to_thread(sync_handler.close)


@pytest.mark.usefixtures("app_runs")
async def test_command_form_button_event_and_home_work_for_any_bolt_app(slack: WorkspaceServer) -> None:
    aino = slack.visitor("UAINO")
    outcome = await aino.command("/echo hi")
    assert outcome.error is None
    assert outcome.message is not None
    assert outcome.message["text"] == "You said hi"

    await aino.command("/echo form")
    assert (await aino.submit(why="x")).errors == TOO_SHORT
    assert len(aino.modals) == 1
    assert (await aino.submit(why="because")).error is None
    assert aino.modals == []

    assert [each["text"] for each in aino.direct_messages] == ["because"]
    assert (await aino.click("go")).acked
    assert [each["text"] for each in aino.direct_messages] == ["Gone"]

    assert (await aino.open_home()).acked
    assert "Welcome" in text_of(aino.home)
    await aino.say("Hei!")
    await slack.link.settled()
    assert [each["text"] for each in aino.direct_messages] == ["Gone", "Heard Hei!"]
    assert [entry for entry in slack.workspace.log if not entry["ok"]] == []


async def test_the_workspace_runs_alone_without_kaiku_beside_it(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    shutil.copytree(ROOT / "sandbox", tmp_path / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--socket-mode", "--port", "0", "--manifest", manifest(tmp_path),
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = dict[str, str]()
        while "SLACK_APP_TOKEN" not in said:
            line = (await process.stdout.readline()).decode().strip()
            name, _, value = line.replace("Workspace: ", "url=").partition("=")
            said[name] = value
        app = sync_app(said["SLACK_BOT_TOKEN"], "unused-secret", said["SLACK_API_URL"])
        handler = SocketModeHandler(app, said["SLACK_APP_TOKEN"])
        await asyncio.to_thread(handler.connect)
        act = {"as": "UAINO", "channel": "CYLEINEN", "text": "/echo alone"}
        async with http.post(f"{said['url']}/control/command", json=act) as answer:
            outcome = (await answer.json())["outcome"]
        assert outcome["message"]["text"] == "You said alone"
        await asyncio.to_thread(handler.close)
    finally:
        process.terminate()
        assert await process.wait() == 0
