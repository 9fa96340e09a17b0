"""The control API does what the page does, and only for this machine."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from sandbox import MovableClock, Workspace, WorkspaceServer
from sandbox.views import open_view, show_home
from tests.sandbox.conftest import PEOPLE, Listening, manifest
from tests.sandbox.shapes import actions, button, field, home, modal, option, section


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    clock = MovableClock(datetime(2019, 2, 11, 8, 0, tzinfo=UTC))
    return Workspace.load(manifest=manifest(tmp_path), people=PEOPLE, clock=clock)


@pytest.fixture
async def call(slack: WorkspaceServer, http):
    """POST /control/<name>; status and answer."""

    async def post(what: str, /, **body):
        async with http.post(f"{slack.url}/control/{what}", json=body) as response:
            return response.status, await response.json()

    return post


@pytest.fixture
async def state(slack: WorkspaceServer, http):
    async def get(user: str):
        async with http.get(f"{slack.url}/control/state", params={"as": user}) as response:
            return await response.json()

    return get


@pytest.fixture
async def app(slack: WorkspaceServer):
    """Acks with ``answers[kind]``, and keeps what came."""
    app = {"answers": {}, "got": []}

    async def handle(request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            payload = (await request.json())["event"]
        else:
            form = dict(await request.post())
            payload = json.loads(form["payload"]) if "payload" in form else {"type": "command", **form}
        app["got"].append(payload)
        answer = app["answers"].get(payload["type"])
        return web.Response() if answer is None else web.json_response(answer)

    async with Listening(handle) as url:
        slack.app_url = url
        yield app


async def test_a_person_sees_their_channels_and_what_is_for_their_eyes(slack, client, state) -> None:
    await client.chat_postEphemeral(channel="CYLEINEN", user="UAINO", text="psst")
    await client.chat_postMessage(channel="CYLEINEN", text="all")
    show_home(slack.workspace, "UAINO", home())
    aino, elsa = await state("UAINO"), await state("UELSA")
    assert [(m["text"], m["ephemeral"], m["bot"]) for m in aino["messages"]["CYLEINEN"]] == [
        ("psst", True, True), ("all", False, True),
    ]  # fmt: skip
    assert [m["text"] for m in elsa["messages"]["CYLEINEN"]] == ["all"]
    assert (aino["home"]["type"], elsa["home"]) == ("home", None)
    assert {c["id"] for c in aino["channels"]} >= {"CYLEINEN", "DAINO"}
    assert "DELSA" not in {c["id"] for c in aino["channels"]}
    assert aino["me"].keys() >= {
        "id",
        "name",
        "real_name",
        "locale",
        "tz",
        "title",
        "is_restricted",
        "deleted",
    }
    assert aino["team"]["name"] == "Valtion yhteinen Slack"
    assert [c["command"] for c in aino["commands"]] == ["/echo", "/raw"]
    assert aino["now"].startswith("2019-02-11T08:0")
    assert (aino["clock_movable"], aino["views"]) == (True, [])


async def test_a_command_and_a_message_are_typed(call, app, state) -> None:
    app["answers"]["command"] = {"text": "Hei"}
    status, answer = await call("command", **{"as": "UAINO"}, channel="CYLEINEN", text="/echo x")
    assert status == 200
    outcome = answer["outcome"]
    assert outcome.keys() == {"acked", "status", "ms", "error", "detail", "message", "view", "errors"}
    assert (outcome["acked"], outcome["message"]["text"]) == (True, "Hei")
    status, answer = await call("message", **{"as": "UAINO"}, channel="DAINO", text="Moi")
    assert (status, answer["message"]["text"]) == (200, "Moi")
    status, answer = await call("command", **{"as": "UAINO"}, channel="CYLEINEN", text="/none")
    assert (status, answer["error"]) == (400, "unknown_command")


@pytest.mark.parametrize(
    ("user", "channel", "text", "code"),
    [
        ("UAINO", "CYLEINEN", "/nothing", "unknown_command"),
        ("UAINO", "CNONE", "/echo", "channel_not_found"),
        ("UAINO", "DELSA", "/echo", "channel_not_found"),
        ("UAINO", "CVANHA", "/echo", "is_archived"),
        ("UAINO", "CMUUT", "/echo", "not_in_channel"),
        ("UNONE", "CYLEINEN", "/echo", "user_not_found"),
        ("UPOIS", "CYLEINEN", "/echo", "user_disabled"),
    ],
)
async def test_nobody_types_where_they_are_not(slack, call, user, channel, text, code) -> None:
    ours = slack.workspace.data["channels"]
    ours["CVANHA"] = ours["CYLEINEN"] | {"id": "CVANHA", "is_archived": True}
    ours["CMUUT"] = ours["CYLEINEN"] | {"id": "CMUUT", "members": ["UELSA"]}
    status, answer = await call("command", **{"as": user}, channel=channel, text=text)
    assert (status, answer["error"]) == (400, code)


async def test_a_click_a_choice_a_submission_and_a_close_take_the_page_s_shapes(slack, call, app) -> None:
    me = {"as": "UAINO"}
    select = {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")]}
    view = open_view(
        slack.workspace, "UAINO",
        modal(actions(button("go"), select, block_id="row"), field("why"), notify_on_close=True),
    )  # fmt: skip
    container = {"type": "view", "view_id": view["id"]}
    typed = {"why": {"why": {"type": "plain_text_input", "value": "half"}}}
    for action_id, value in (("go", None), ("pick", option("b"))):
        _, answer = await call(
            "action", **me, container=container, block_id="row", action_id=action_id, value=value, state=typed
        )
        assert answer["outcome"]["acked"]
    click, choice = app["got"]
    assert "selected_option" not in click["actions"][0]
    assert choice["actions"][0]["selected_option"] == option("b")
    values = choice["view"]["state"]["values"]
    assert (values["why"]["why"]["value"], values["row"]["pick"]["selected_option"]) == ("half", option("b"))

    app["answers"]["view_submission"] = {"response_action": "errors", "errors": {"why": "No"}}
    _, answer = await call("submit", **me, view_id=view["id"], state=typed)
    assert answer["outcome"]["errors"] == {"why": "No"}
    assert answer["outcome"]["view"]["id"] == view["id"]
    assert app["got"][-1]["view"]["state"]["values"] == typed
    _, answer = await call("close", **me, view_id=view["id"], clear=False)
    assert (answer["outcome"]["acked"], app["got"][-1]["type"]) == (True, "view_closed")
    status, answer = await call("submit", **me, view_id=view["id"], state={})
    assert (status, answer["error"]) == (400, "not_found")


async def test_options_are_asked_of_the_app_and_refused_where_slack_would(slack, call, app) -> None:
    view = open_view(slack.workspace, "UAINO", modal(field("agency", "external_select")))
    asked = {
        "as": "UAINO", "container": {"type": "view", "view_id": view["id"]}, "block_id": "agency",
        "action_id": "agency", "value": "ver",
    }  # fmt: skip
    app["answers"]["block_suggestion"] = {"options": [option("vero")]}
    assert (await call("options", **asked)) == (200, {"ok": True, "options": [option("vero")]})
    app["answers"]["block_suggestion"] = {"options": [option("v" * 151)]}
    status, answer = await call("options", **asked)
    assert (status, answer["error"]) == (400, "invalid_options")


async def test_home_is_opened_and_a_person_added_and_changed(slack, call, app, state) -> None:
    _, answer = await call("home", **{"as": "UAINO"})
    assert answer["outcome"]["acked"]
    status, answer = await call("person", id="UUUSI", name="Uusi Ihminen", locale="sv-SE")
    assert (status, answer["person"]["real_name"]) == (200, "Uusi Ihminen")
    await call("person", id="UAINO", deleted=True)
    await slack.link.settled()
    assert [e["type"] for e in app["got"]] == ["app_home_opened", "team_join", "user_change"]
    assert [e["user"]["id"] for e in app["got"][1:]] == ["UUUSI", "UAINO"]
    assert "UUUSI" in {p["id"] for p in (await state("UUUSI"))["people"]}
    status, answer = await call("person", id="UAINO", tz="Moon")
    assert (status, answer["error"]) == (400, "bad_request")


async def test_time_moves_forward_by_seconds_or_to_a_moment(call) -> None:
    _, answer = await call("clock", advance_seconds=3600)
    assert answer["now"].startswith("2019-02-11T09:0")
    _, answer = await call("clock", to="2019-03-01T09:00:00+02:00")
    assert answer["now"].startswith("2019-03-01T07:0")
    for wrong in (
        {"advance_seconds": -1},
        {"to": "2018-01-01T00:00:00+00:00"},
        {"to": "soon"},
        {"to": "2030-01-01T00:00"},
    ):
        assert (await call("clock", **wrong))[1]["error"] == "bad_time"


async def test_real_time_is_not_moved(slack, call) -> None:
    slack.workspace.clock.movable = False
    status, answer = await call("clock", advance_seconds=1)
    assert (status, answer["error"]) == (409, "clock_is_real")


async def test_the_log_has_all_traffic_and_says_what_was_refused(slack, client, call, app, http) -> None:
    await call("command", **{"as": "UAINO"}, channel="CYLEINEN", text="/echo x")
    await client.chat_postMessage(channel="CYLEINEN", text="x")
    app["answers"]["command"] = {"text": "x", "blocks": [{"type": "none"}]}
    await call("command", **{"as": "UAINO"}, channel="CYLEINEN", text="/echo x")
    async with http.get(f"{slack.url}/control/log") as response:
        entries = (await response.json())["entries"]
    assert [(e["direction"], e["what"], e["ok"], e["error"]) for e in entries] == [
        ("to_app", "/echo x", True, None),
        ("from_app", "chat.postMessage", True, None),
        ("to_app", "/echo x", True, None),
        ("from_app", "answer to /echo", False, "invalid_blocks"),
    ]
    assert all(e.keys() >= {"seq", "at", "ms", "request", "response"} for e in entries)
    assert "token" not in entries[1]["request"]
    async with http.get(f"{slack.url}/control/log", params={"after": entries[2]["seq"]}) as response:
        assert [e["seq"] for e in (await response.json())["entries"]] == [entries[3]["seq"]]


async def test_the_log_forgets_what_is_older_than_500_calls(slack) -> None:
    for n in range(501):
        slack.workspace.note({"what": str(n)})
    assert (len(slack.workspace.log), slack.workspace.log[0]["what"]) == (500, "1")


async def test_faults_are_ordered_and_everything_is_reset(slack, call, client, state) -> None:
    assert (await call("faults", method="chat.postMessage", fault="eaten"))[1]["error"] == "unknown_fault"
    await call("faults", method="*", fault="rate_limited", times=2, retry_after=3)
    assert slack.workspace.faults[0].times == 2
    slack.workspace.add_message("CYLEINEN", "UAINO", "x")
    await call("reset")
    assert slack.workspace.faults == []
    assert (await state("UAINO"))["messages"]["CYLEINEN"] == []


async def test_changes_are_told_at_once_and_stopping_waits_for_no_page(slack, http) -> None:
    async with http.get(f"{slack.url}/control/changes") as stream:
        assert stream.content_type == "text/event-stream"

        async def next_seq() -> int:
            line = await asyncio.wait_for(stream.content.readline(), 2)
            await stream.content.readline()
            return json.loads(line.removeprefix(b"data: "))["seq"]

        first = await next_seq()
        slack.workspace.add_message("CYLEINEN", "UAINO", "x")
        assert await next_seq() == first + 1
        await asyncio.wait_for(slack.stop(), 0.5)


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}]
)
async def test_a_page_from_elsewhere_is_refused(slack, http, headers) -> None:
    for path in ("/", "/control/state?as=UAINO", "/control/log"):
        async with http.get(slack.url + path, headers=headers) as response:
            assert response.status == 403
    async with http.post(f"{slack.url}/control/reset", json={}, headers=headers) as response:
        assert response.status == 403
    async with http.get(slack.url, headers={"Origin": slack.url}) as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"as": 7, "channel": [], "text": null}'])
@pytest.mark.parametrize("name", ["command", "action", "submit", "close", "options", "person", "clock"])
async def test_a_body_that_says_nothing_is_a_400(slack, http, name: str, body: str) -> None:
    async with http.post(f"{slack.url}/control/{name}", data=body) as response:
        assert response.status == 400
        assert (await response.json())["ok"] is False


async def test_a_response_address_is_good_for_five_answers_in_half_an_hour(slack, http) -> None:
    def address(secret: str) -> str:
        return f"{slack.url}/response/{secret}"

    workspace = slack.workspace
    url = address(workspace.new_response_address("UAINO", "CYLEINEN", None))
    for n in range(5):
        assert (await http.post(url, json={"text": str(n)})).status == 200
    spent = await http.post(url, json={"text": "6"})
    assert (spent.status, (await spent.json())["error"]) == (404, "used_url")
    assert len(slack.visitor("UAINO").messages()) == 5
    assert slack.visitor("UELSA").messages() == []

    url = address(workspace.new_response_address("UAINO", "CYLEINEN", None))
    for body, code in (
        (b"{", "invalid_payload"),
        (b"{}", "no_text"),
        (b'{"text": "x", "blocks": [1]}', "invalid_blocks"),
    ):
        refused = await http.post(url, data=body)
        assert (refused.status, (await refused.json())["error"]) == (400, code)
    assert (await http.post(url, json={"text": "all", "response_type": "in_channel"})).status == 200
    assert [m["text"] for m in slack.visitor("UELSA").messages()] == ["all"]
    workspace.clock.advance(workspace.claims.responses.popitem()[1].expires_at - workspace.clock.now())
    late = await http.post(url, json={"text": "x"})
    assert (await late.json())["error"] == "expired_url"


async def test_an_answer_replaces_or_deletes_the_message_that_was_clicked(slack, http) -> None:
    workspace = slack.workspace
    message = workspace.add_message("CYLEINEN", "UKAIKU", "x", ephemeral_to="UAINO", blocks=[section()])
    url = f"{slack.url}/response/{workspace.new_response_address('UAINO', 'CYLEINEN', message['ts'])}"
    await http.post(url, json={"text": "y", "replace_original": True})
    (shown,) = slack.visitor("UAINO").messages()
    assert (shown["text"], shown["blocks"], shown["ts"]) == ("y", [], message["ts"])
    await http.post(url, json={"delete_original": True})
    assert slack.visitor("UAINO").messages() == []
