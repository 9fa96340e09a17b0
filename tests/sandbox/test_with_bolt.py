"""Both directions over real HTTP with a Bolt app, which verifies each signature itself."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from sandbox import SlackError, WorkspaceServer, text_of
from tests.sandbox.conftest import Listening
from tests.sandbox.shapes import actions, button, element, field, home, modal, option, options, plain, section

Json = dict[str, Any]


def keep(app: AsyncApp, kind: str, name: str, answer: Any = None) -> list[Json]:
    """Listen, ack with ``answer``, and keep what came."""
    got: list[Json] = []

    async def listener(ack, body) -> None:
        got.append(body)
        await (ack() if answer is None else ack(answer) if isinstance(answer, str) else ack(**answer))

    getattr(app, kind)(name)(listener)
    return got


async def test_a_command_arrives_in_slacks_shape_and_its_ack_is_seen_by_one(
    slack: WorkspaceServer, bolt
) -> None:
    got = keep(bolt, "command", "/echo", "hello")
    aino, elsa = slack.visitor("UAINO"), slack.visitor("UELSA")
    outcome = await aino.command("/echo  hi there ", channel="CENNAKOINTI")
    assert (outcome.acked, outcome.status, outcome.error) == (True, 200, None)
    assert outcome.message is not None
    assert outcome.message["text"] == "hello"
    assert [m["text"] for m in aino.messages("CENNAKOINTI")] == ["hello"]
    assert elsa.messages("CENNAKOINTI") == []
    form = got[0]
    assert (form["command"], form["text"]) == ("/echo", "hi there")
    assert (form["channel_id"], form["channel_name"], form["user_id"]) == (
        "CENNAKOINTI",
        "ennakointi",
        "UAINO",
    )
    assert form.keys() >= {
        "token", "team_id", "team_domain", "user_name", "api_app_id", "is_enterprise_install", "response_url",
        "trigger_id",
    }  # fmt: skip


async def test_an_in_channel_answer_is_seen_by_everybody(slack: WorkspaceServer, bolt) -> None:
    keep(bolt, "command", "/echo", {"text": "all", "response_type": "in_channel"})
    await slack.visitor("UAINO").command("/echo")
    assert [m["text"] for m in slack.visitor("UELSA").messages()] == ["all"]


async def test_names_and_links_are_escaped_where_the_manifest_says_so(slack: WorkspaceServer, bolt) -> None:
    escaped, raw = keep(bolt, "command", "/echo"), keep(bolt, "command", "/raw")
    text = "@elsa.lindroos #ennakointi <b> & https://valtio.fi @nobody a@elsa.lindroos"
    await slack.visitor("UAINO").command(f"/echo {text}")
    await slack.visitor("UAINO").command(f"/raw {text}")
    assert escaped[0]["text"] == (
        "<@UELSA|elsa.lindroos> <#CENNAKOINTI|ennakointi> &lt;b&gt; &amp; <https://valtio.fi> @nobody"
        " a@elsa.lindroos"
    )
    assert raw[0]["text"] == text


async def test_in_the_direct_message_the_channel_is_called_directmessage(
    slack: WorkspaceServer, bolt
) -> None:
    got = keep(bolt, "command", "/echo")
    await slack.visitor("UAINO").command("/echo", channel="DAINO")
    assert (got[0]["channel_id"], got[0]["channel_name"]) == ("DAINO", "directmessage")


async def test_a_command_of_somebody_gone_and_a_button_of_an_older_version_arrive_all_the_same(
    slack: WorkspaceServer, bolt, client
) -> None:
    typed, clicked = keep(bolt, "command", "/echo"), keep(bolt, "action", "old")
    await slack.visitor("UPOIS").command("/echo")
    assert typed[0]["user_id"] == "UPOIS"
    sent = await client.chat_postMessage(channel="UAINO", text="x")
    container = {"type": "message", "channel": "DAINO", "ts": sent["ts"]}
    await slack.link.action("UAINO", container, "gone", {"type": "button", "action_id": "old"}, {})
    assert clicked[0]["actions"][0]["block_id"] == "gone"


async def test_a_click_on_a_message_tells_where_and_gives_a_way_to_answer(
    slack: WorkspaceServer, bolt, client, http
) -> None:
    got = keep(bolt, "action", "join")
    blocks = [section(block_id="s"), actions(button("join", value="dialogue-2"), block_id="a")]
    sent = await client.chat_postMessage(
        channel="UAINO", text="Join?", blocks=blocks, metadata={"event_type": "x", "event_payload": {"id": 1}}
    )
    aino = slack.visitor("UAINO")
    assert (await aino.click("join", "dialogue-2")).acked
    body = got[0]
    assert body["container"] == {
        "type": "message", "message_ts": sent["ts"], "channel_id": "DAINO", "is_ephemeral": False,
    }  # fmt: skip
    assert body["channel"] == {"id": "DAINO", "name": "directmessage"}
    assert body["message"]["blocks"] == blocks
    assert body["actions"][0] | {"action_ts": ""} == {
        "type": "button", "action_id": "join", "block_id": "a", "value": "dialogue-2", "text": plain("Go"),
        "action_ts": "",
    }  # fmt: skip
    assert body["user"]["id"] == "UAINO"
    assert body["state"] == {"values": {}}
    response = await http.post(body["response_url"], json={"text": "Joined", "replace_original": True})
    assert response.status == 200
    assert [(m["text"], m["blocks"]) for m in aino.direct_messages] == [("Joined", [])]


async def test_an_ephemeral_message_itself_is_not_told_and_others_cannot_click_it(
    slack: WorkspaceServer, bolt, client
) -> None:
    got = keep(bolt, "action", "go")
    await client.chat_postEphemeral(channel="CYLEINEN", user="UAINO", text="x", blocks=[actions(button())])
    aino = slack.visitor("UAINO")
    await aino.click("go")
    assert "message" not in got[0]
    assert got[0]["container"]["is_ephemeral"] is True
    message = aino.messages()[0] | {"channel": "CYLEINEN"}
    with pytest.raises(SlackError, match="message_not_found"):
        await slack.visitor("UELSA").click("go", on=message)


async def test_a_choice_on_a_message_carries_the_whole_message_s_state(
    slack: WorkspaceServer, bolt, client
) -> None:
    got = keep(bolt, "action", "it")
    blocks = [
        section(block_id="s", accessory=element("static_select", options=options(2))),
        actions(element("datepicker", initial_date="2019-03-12") | {"action_id": "day"}, block_id="d"),
    ]
    await client.chat_postMessage(channel="UAINO", text="x", blocks=blocks)
    await slack.visitor("UAINO").choose("it", "v1")
    assert got[0]["actions"][0]["selected_option"]["value"] == "v1"
    values = got[0]["state"]["values"]
    assert values["s"]["it"]["selected_option"]["value"] == "v1"
    assert values["d"]["day"] == {"type": "datepicker", "selected_date": "2019-03-12"}


async def test_an_overflow_menu_tells_its_choice_and_has_no_state(
    slack: WorkspaceServer, bolt, client
) -> None:
    got = keep(bolt, "action", "it")
    menu = element("overflow", options=options(2))
    await client.chat_postMessage(channel="UAINO", text="x", blocks=[section(block_id="s", accessory=menu)])
    await slack.visitor("UAINO").choose("it", "v1")
    assert got[0]["actions"][0]["selected_option"] == option("v1")
    assert got[0]["state"] == {"values": {}}


async def test_a_modal_is_opened_by_the_trigger_and_submitted_whole(
    slack: WorkspaceServer, bolt, client
) -> None:
    async def open_form(ack, body) -> None:
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"],
            view=modal(field("why"), field("kind", "radio_buttons", options=options(2), optional=True),
                       private_metadata="m"),
        )  # fmt: skip

    bolt.command("/echo")(open_form)
    got = keep(bolt, "view", "form")
    aino = slack.visitor("UAINO")
    outcome = await aino.command("/echo")
    assert outcome.view is not None
    outcome = await aino.submit(why="because")
    assert outcome.acked
    assert outcome.view is None
    body = got[0]
    view = body["view"]
    assert view["state"]["values"] == {
        "why": {"why": {"type": "plain_text_input", "value": "because"}},
        "kind": {"kind": {"type": "radio_buttons", "selected_option": None}},
    }
    assert (view["private_metadata"], view["callback_id"]) == ("m", "form")
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert body["response_urls"] == []
    assert aino.modals == []


async def opened(slack: WorkspaceServer, bolt: AsyncApp, client, view: Json, ack: Any = None) -> Any:
    """Aino with ``view`` open; submitting it is answered with ``ack``."""

    async def open_form(ack, body) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    bolt.command("/echo")(open_form)
    keep(bolt, "view", "form", ack)
    aino = slack.visitor("UAINO")
    await aino.command("/echo")
    return aino


async def test_errors_in_the_ack_stand_beside_their_fields_and_the_form_stays(slack, bolt, client) -> None:
    ack = {"response_action": "errors", "errors": {"why": "Too short"}}
    aino = await opened(slack, bolt, client, modal(field("why")), ack)
    outcome = await aino.submit(why="x")
    assert (outcome.acked, outcome.error, outcome.errors) == (True, None, {"why": "Too short"})
    assert len(aino.modals) == 1


async def test_errors_for_a_block_that_is_no_input_are_refused(slack, bolt, client) -> None:
    ack = {"response_action": "errors", "errors": {"text": "?"}}
    aino = await opened(slack, bolt, client, modal(field("why"), section(block_id="text")), ack)
    outcome = await aino.submit(why="x")
    assert outcome.error == "invalid_errors"
    assert "text" in outcome.detail
    assert [e["error"] for e in slack.workspace.log if not e["ok"]] == ["invalid_errors"]


async def test_an_update_in_the_ack_keeps_the_place_and_what_was_typed(slack, bolt, client) -> None:
    again = modal(field("why"), section("Almost"), title=plain("Again"))
    aino = await opened(
        slack, bolt, client, modal(field("why")), {"response_action": "update", "view": again}
    )
    before = aino.modal
    outcome = await aino.submit(why="because")
    assert "Almost" in text_of(outcome.view)
    assert (aino.modal["id"], aino.modal["hash"]) != (before["id"], before["hash"])
    assert aino.modal["id"] == before["id"]
    assert aino.modal["state"]["values"]["why"]["why"]["value"] == "because"


async def test_a_push_in_the_ack_stacks_and_clear_closes_all(slack, bolt, client) -> None:
    ack = {"response_action": "push", "view": modal(section("On top"), callback_id="top")}
    aino = await opened(slack, bolt, client, modal(), ack)
    await aino.submit()
    assert [view["callback_id"] for view in aino.modals] == ["form", "top"]
    assert aino.modal["previous_view_id"] == aino.modal["root_view_id"] == aino.modals[0]["id"]
    keep(bolt, "view", "top", {"response_action": "clear"})
    outcome = await aino.submit()
    assert (outcome.view, aino.modals) == (None, [])


@pytest.mark.parametrize(
    ("ack", "code"),
    [
        ({"response_action": "update", "view": modal(title=plain("x" * 25))}, "invalid_arguments"),
        ({"response_action": "push", "view": home()}, "invalid_arguments"),
        ({"response_action": "errors", "errors": {"why": ""}}, "invalid_errors"),
    ],
)
async def test_what_slack_would_refuse_in_an_ack_is_an_error_and_a_red_line(
    slack, bolt, client, ack, code
) -> None:
    aino = await opened(slack, bolt, client, modal(field("why")), ack)
    outcome = await aino.submit(why="x")
    assert outcome.error == code
    assert outcome.detail
    assert [e["error"] for e in slack.workspace.log if not e["ok"]] == [code]


async def test_a_command_answered_with_blocks_that_slack_refuses_shows_nothing(slack, bolt) -> None:
    keep(bolt, "command", "/echo", {"text": "x", "blocks": [section("x" * 3001)]})
    outcome = await slack.visitor("UAINO").command("/echo")
    assert (outcome.acked, outcome.error, outcome.message) == (True, "invalid_blocks", None)
    assert "/blocks/0/text/text" in outcome.detail
    assert slack.visitor("UAINO").messages() == []


async def test_a_form_is_not_sent_while_a_required_field_is_empty(slack, bolt, client) -> None:
    aino = await opened(slack, bolt, client, modal(field("why"), field("note", optional=True)))
    outcome = await aino.submit(note="x")
    assert (outcome.acked, outcome.error) == (False, "form_incomplete")
    assert outcome.errors == {"why": "Please complete this required field."}


async def test_nobody_submits_another_ones_form(slack, bolt, client) -> None:
    aino = await opened(slack, bolt, client, modal())
    with pytest.raises(SlackError, match="not_found"):
        await slack.link.submit("UELSA", aino.modal["id"], {})


@pytest.mark.parametrize("asked", [True, False])
async def test_a_closed_form_is_told_only_to_an_app_that_asked(slack, bolt, client, asked) -> None:
    got = []

    async def closed(ack, body) -> None:
        got.append(body)
        await ack()

    bolt.view_closed("form")(closed)
    aino = await opened(slack, bolt, client, modal(notify_on_close=asked))
    await aino.close(clear=True)
    assert [(body["is_cleared"], body["view"]["callback_id"]) for body in got] == [(True, "form")] * asked
    assert aino.modals == []


async def test_an_external_select_asks_the_app_and_a_choice_among_its_options_is_submitted(
    slack, bolt, client
) -> None:
    asked = keep(bolt, "options", "agency", {"options": [option("vero"), option("tulli")]})
    aino = await opened(slack, bolt, client, modal(field("agency", "external_select")))
    assert [each["value"] for each in await aino.options("agency", "tu")] == ["vero", "tulli"]
    body = asked[0]
    assert (body["action_id"], body["block_id"], body["value"]) == ("agency", "agency", "tu")
    assert body["view"]["id"] == body["container"]["view_id"] == aino.modal["id"]
    await aino.submit(agency="tulli")
    sent = next(entry["request"] for entry in slack.workspace.log if entry["what"] == "view_submission")
    assert sent["view"]["state"]["values"]["agency"]["agency"]["selected_option"] == option("tulli")


async def test_home_is_published_when_its_opening_is_told_and_then_comes_with_the_event(
    slack, bolt, client
) -> None:
    got = []

    async def opened_home(event) -> None:
        got.append(event)
        await client.views_publish(user_id=event["user"], view=home(section("Welcome")))

    bolt.event("app_home_opened")(opened_home)
    aino = slack.visitor("UAINO")
    assert (await aino.open_home()).acked
    assert "Welcome" in text_of(aino.home)
    assert (got[0]["tab"], got[0]["channel"]) == ("home", "DAINO")
    assert "view" not in got[0]
    await aino.open_home()
    assert got[1]["view"]["id"] == aino.home["id"]


async def test_a_click_at_home_has_no_way_to_answer_but_the_view(slack, bolt, client) -> None:
    got = keep(bolt, "action", "go")
    await client.views_publish(user_id="UAINO", view=home(actions(button())))
    aino = slack.visitor("UAINO")
    await aino.click("go")
    assert got[0]["container"] == {"type": "view", "view_id": aino.home["id"]}
    assert "response_url" not in got[0]
    assert got[0]["view"]["type"] == "home"


async def test_an_app_that_is_late_is_an_operation_timeout_and_one_that_fails_a_dispatch_failed(
    slack: WorkspaceServer,
) -> None:
    late = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if (await request.post())["text"] == "late":
            await late.wait()
        return web.Response(status=500)

    slack.link.ack_seconds = 0.05
    aino = slack.visitor("UAINO")
    async with Listening(answer) as url:
        slack.app_url = url
        outcome = await aino.command("/raw late")
        assert (outcome.acked, outcome.status, outcome.error) == (False, None, "operation_timeout")
        outcome = await aino.command("/raw")
        assert (outcome.acked, outcome.status, outcome.error) == (False, 500, "dispatch_failed")
        late.set()
    outcome = await aino.command("/raw")
    assert (outcome.status, outcome.error) == (None, "dispatch_failed")


async def test_bolt_refuses_what_another_secret_signed(slack: WorkspaceServer, bolt) -> None:
    got = keep(bolt, "command", "/echo")
    slack.workspace.signing_secret = "another"
    outcome = await slack.visitor("UAINO").command("/echo")
    assert (outcome.status, outcome.error, got) == (401, "dispatch_failed", [])


async def test_a_trigger_opens_one_modal_within_three_seconds(slack: WorkspaceServer, client) -> None:
    now = 100.0
    slack.workspace.claims.monotonic = lambda: now
    first, second, third = (slack.workspace.new_trigger("UAINO") for _ in range(3))
    now = 103.0
    await client.views_open(trigger_id=first, view=modal())
    for trigger, code in ((first, "exchanged_trigger_id"), ("1.2.3", "invalid_trigger_id")):
        with pytest.raises(SlackApiError) as refused:
            await client.views_open(trigger_id=trigger, view=modal())
        assert refused.value.response["error"] == code
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_open(trigger_id=second, view=modal(title=plain("x" * 25)))
    await client.views_open(trigger_id=second, view=modal())
    now = 103.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=third, view=modal())
