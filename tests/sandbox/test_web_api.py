"""The Web API as Slack answers it: by GET and POST, form and JSON, and with Slack's own refusals."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace, WorkspaceServer
from sandbox.faults import RandomFaults
from sandbox.methods import METHODS
from sandbox.workspace import CLIENT_ID, CLIENT_SECRET, FAULTS, Fault
from tests.sandbox.conftest import PEOPLE, SCOPES, StillClock, manifest
from tests.sandbox.shapes import actions, button, field, home, modal, plain, section

Json = dict[str, Any]
METADATA = {"event_type": "delivery", "event_payload": {"id": 7}}


async def refusal(call: Any) -> Json:
    """How Slack refused."""
    with pytest.raises(SlackApiError) as refused:
        await call
    answer: Json = refused.value.response.data
    assert answer["ok"] is False
    return answer


async def test_arguments_are_taken_from_query_form_and_json(slack: WorkspaceServer, http) -> None:
    url, headers = f"{slack.api_url}users.info", {"Authorization": f"Bearer {slack.workspace.bot_token}"}
    for call in (
        http.get(url, params={"user": "UAINO"}, headers=headers),
        http.post(url, data={"user": "UAINO"}, headers=headers),
        http.post(url, json={"user": "UAINO"}, headers=headers),
        http.post(url, data={"user": "UAINO", "token": slack.workspace.bot_token}),
    ):
        async with call as response:
            assert (await response.json())["user"]["id"] == "UAINO"


async def test_blocks_and_metadata_come_as_json_inside_a_form_too(slack: WorkspaceServer, http) -> None:
    form = {
        "token": slack.workspace.bot_token, "channel": "UAINO", "text": "x",
        "blocks": json.dumps([section()]), "metadata": json.dumps(METADATA),
    }  # fmt: skip
    async with http.post(f"{slack.api_url}chat.postMessage", data=form) as response:
        assert (await response.json())["message"]["metadata"] == METADATA
    form["blocks"] = "[{"
    async with http.post(f"{slack.api_url}chat.postMessage", data=form) as response:
        assert (await response.json())["error"] == "invalid_blocks_format"


@pytest.mark.parametrize("body", ["{", "[]", "7", "[" * 100_000])
async def test_json_that_is_none_is_refused_without_a_crash(slack: WorkspaceServer, http, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post(f"{slack.api_url}chat.postMessage", data=body, headers=headers) as response:
        assert (await response.json())["error"] in {"invalid_json", "json_not_object"}


async def test_a_missing_a_wrong_token_and_an_unknown_method_are_refused(slack: WorkspaceServer) -> None:
    for token, code in ((None, "not_authed"), ("xoxb-other", "invalid_auth")):
        client = AsyncWebClient(token=token, base_url=slack.api_url)
        assert (await refusal(client.auth_test()))["error"] == code
    client = AsyncWebClient(token=slack.workspace.bot_token, base_url=slack.api_url)
    assert (await refusal(client.api_call("chat.shout")))["error"] == "unknown_method"
    assert (await client.api_test())["ok"]


async def test_the_app_learns_who_it_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["user"]) == ("UKAIKU", "BKAIKU", "echo")
    assert answer["team"] == "Valtion yhteinen Slack"


CALLS: dict[str, tuple[Json, str]] = {
    "chat.postMessage": ({"channel": "CYLEINEN", "text": "x"}, "chat:write"),
    "conversations.open": ({"users": "UAINO"}, "im:write"),
    "conversations.history": ({"channel": "CYLEINEN"}, "channels:history"),
    "conversations.info": ({"channel": "CYLEINEN"}, "channels:read"),
    "conversations.list": ({}, "channels:read"),
    "conversations.members": ({"channel": "CYLEINEN"}, "channels:read"),
    "users.conversations": ({"types": "im"}, "im:read"),
    "users.info": ({"user": "UAINO"}, "users:read"),
    "users.list": ({}, "users:read"),
    "users.lookupByEmail": ({"email": "heli.makinen@virasto.example"}, "users:read.email"),
}


@pytest.mark.parametrize("method", CALLS)
async def test_a_method_whose_scope_the_manifest_lacks_is_refused(tmp_path: Path, method: str) -> None:
    arguments, scope = CALLS[method]
    scopes = [each for each in SCOPES if each != scope]
    workspace = Workspace.load(manifest=manifest(tmp_path, scopes=scopes), people=PEOPLE)
    server = WorkspaceServer(workspace)
    await server.start()
    client = AsyncWebClient(token=workspace.bot_token, base_url=server.api_url)
    answer = await refusal(client.api_call(method, json=arguments))
    await server.stop()
    assert answer["error"] == "missing_scope"
    assert scope in answer["needed"].split(",")
    assert answer["provided"] == ",".join(sorted(scopes))


async def test_a_person_is_shown_with_zone_and_on_request_locale_but_no_address(
    client: AsyncWebClient,
) -> None:
    emma = (await client.users_info(user="UEMMA"))["user"]
    assert (emma["tz"], emma["real_name"], emma["is_restricted"]) == ("Europe/Brussels", "Emma Clarke", False)
    assert emma["tz_offset"] in {3600, 7200}
    assert "locale" not in emma
    assert "email" not in emma["profile"]  # that takes users:read.email
    assert (await client.users_info(user="UEMMA", include_locale=True))["user"]["locale"] == "en-GB"
    gone = (await client.users_info(user="UPOIS"))["user"]
    assert gone["deleted"]
    assert "tz" not in gone
    assert (await refusal(client.users_info(user="UNONE")))["error"] == "user_not_found"


async def test_an_address_is_shown_to_an_app_that_may_see_it(tmp_path: Path) -> None:
    file = manifest(tmp_path, scopes=["users:read", "users:read.email"])
    workspace = Workspace.load(manifest=file, people=PEOPLE)
    assert workspace.user_object("UHELI")["profile"]["email"] == "heli.makinen@virasto.example"


async def test_a_bot_token_that_ends_is_renewed_once_by_its_refresh_token(
    slack: WorkspaceServer, http
) -> None:
    workspace = slack.workspace
    workspace.bot_token, workspace.refresh_token = "xoxe.xoxb-1", "xoxe-1"
    form = {"client_id": CLIENT_ID, "grant_type": "refresh_token", "refresh_token": "xoxe-1"}

    async def renewal(client_secret: str) -> Json:
        url = f"{slack.api_url}oauth.v2.access"
        async with http.post(url, data={"client_secret": client_secret, **form}) as response:
            return await response.json()

    assert (await renewal("wrong"))["error"] == "bad_client_secret"
    renewed = await renewal(CLIENT_SECRET)
    assert (renewed["expires_in"], renewed["token_type"]) == (12 * 60 * 60, "bot")
    assert (await renewal(CLIENT_SECRET))["error"] == "invalid_refresh_token"
    client = AsyncWebClient(base_url=slack.api_url)
    for token in ("xoxe.xoxb-1", renewed["access_token"]):
        assert (await client.auth_test(token=token))["ok"], "the one before is good until its own end"
    workspace.token_ends_at = workspace.clock.now()  # 12 hours later
    assert (await refusal(client.auth_test(token=renewed["access_token"])))["error"] == "token_expired"


async def test_an_account_is_found_by_its_address_if_it_is_in_use(tmp_path: Path) -> None:
    file = manifest(tmp_path, scopes=["users:read.email"])
    workspace = Workspace.load(manifest=file, people=PEOPLE)
    server = WorkspaceServer(workspace)
    await server.start()
    client = AsyncWebClient(token=workspace.bot_token, base_url=server.api_url)
    found = await client.users_lookupByEmail(email="Heli.Makinen@virasto.example")
    assert found["user"]["id"] == "UHELI"
    for nobody in ("paula.poistunut@virasto.example", "kaiku@virasto.example", "none@virasto.example"):
        assert (await refusal(client.users_lookupByEmail(email=nobody)))["error"] == "users_not_found"
    assert (await refusal(client.api_call("users.lookupByEmail")))["error"] == "invalid_arguments"
    assert METHODS["users.lookupByEmail"].a_minute == METHODS["conversations.open"].a_minute  # tier 3
    await server.stop()


async def test_a_message_to_a_person_opens_their_direct_message(slack: WorkspaceServer, client) -> None:
    sent = await client.chat_postMessage(channel="UAINO", text="Hei")
    assert sent["channel"] == "DAINO"
    assert sent["message"]["bot_id"] == "BKAIKU"
    assert (await client.conversations_open(users="UAINO"))["already_open"]
    assert [m["text"] for m in slack.visitor("UAINO").direct_messages] == ["Hei"]
    assert slack.visitor("UELSA").direct_messages == []


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("CDIALOGI", "not_in_channel"),
        ("CNONE", "channel_not_found"),
        ("#yleinen", "channel_not_found"),
        ("UPOIS", "user_disabled"),
        ("UKAIKU", "cannot_dm_bot"),
        ("DAINO", "channel_not_found"),
    ],
)
async def test_a_message_to_where_the_app_is_not_is_refused(client: AsyncWebClient, channel, code) -> None:
    assert (await refusal(client.chat_postMessage(channel=channel, text="x")))["error"] == code


async def test_a_message_to_an_archived_channel_or_somebody_gone_is_refused(slack, client) -> None:
    await client.conversations_open(users="UAINO")
    slack.workspace.change_person({"id": "UAINO", "deleted": True})
    slack.workspace.channel("CYLEINEN")["is_archived"] = True
    assert (await refusal(client.chat_postMessage(channel="DAINO", text="x")))["error"] == "user_disabled"
    assert (await refusal(client.conversations_open(users="UAINO")))["error"] == "user_disabled"
    assert (await refusal(client.chat_postMessage(channel="CYLEINEN", text="x")))["error"] == "is_archived"


async def test_a_message_says_something_of_at_most_40000_characters(client: AsyncWebClient) -> None:
    post = client.chat_postMessage
    silent = client.api_call("chat.postMessage", json={"channel": "UAINO", "text": " "})
    assert (await refusal(silent))["error"] == "no_text"
    assert (await post(channel="UAINO", text="x" * 40_000))["ok"]
    assert (await refusal(post(channel="UAINO", text="x" * 40_001)))["error"] == "msg_too_long"
    answer = await refusal(post(channel="UAINO", text="x", blocks=[section("x" * 3001)]))
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert (await refusal(post(channel="", text="x")))["error"] == "invalid_arguments"


@pytest.mark.parametrize(
    "metadata", [{"event_type": "x"}, {"event_payload": {}}, [1], {"event_type": "a b", "event_payload": {}}]
)
async def test_metadata_without_type_or_payload_is_refused(client: AsyncWebClient, metadata) -> None:
    call = client.api_call("chat.postMessage", json={"channel": "UAINO", "text": "x", "metadata": metadata})
    assert (await refusal(call))["error"] == "invalid_metadata_format"


async def test_history_is_newest_first_by_pages_with_metadata_on_request(client: AsyncWebClient) -> None:
    for n in range(5):
        await client.chat_postMessage(channel="UAINO", text=str(n), metadata=METADATA if n == 4 else None)
    page = await client.conversations_history(channel="DAINO", limit=2)
    assert [m["text"] for m in page["messages"]] == ["4", "3"]
    assert page["has_more"]
    assert "metadata" not in page["messages"][0]
    cursor = page["response_metadata"]["next_cursor"]
    page = await client.conversations_history(
        channel="DAINO", limit=3, cursor=cursor, include_all_metadata=True
    )
    assert [m["text"] for m in page["messages"]] == ["2", "1", "0"]
    assert (page["has_more"], page["response_metadata"]["next_cursor"]) == (False, "")
    newest = await client.conversations_history(channel="DAINO", limit=1, include_all_metadata=True)
    assert newest["messages"][0]["metadata"] == METADATA
    between = page["messages"]
    span = {"oldest": between[2]["ts"], "latest": between[0]["ts"]}
    inner = await client.conversations_history(channel="DAINO", **span)
    assert [m["text"] for m in inner["messages"]] == ["1"]
    inner = await client.conversations_history(channel="DAINO", inclusive=True, **span)
    assert [m["text"] for m in inner["messages"]] == ["2", "1", "0"]
    for wrong, code in ({"cursor": "x"}, "invalid_cursor"), ({"limit": 0.5}, "invalid_limit"):
        assert (await refusal(client.conversations_history(channel="DAINO", **wrong)))["error"] == code


async def test_an_ephemeral_message_is_in_no_history_and_for_members_only(slack, client) -> None:
    sent = await client.chat_postEphemeral(channel="CYLEINEN", user="UAINO", text="psst")
    assert (await client.conversations_history(channel="CYLEINEN"))["messages"] == []
    update = client.chat_update(channel="CYLEINEN", ts=sent["message_ts"], text="x")
    assert (await refusal(update))["error"] == "message_not_found"
    slack.workspace.channel("CYLEINEN")["members"].remove("UELSA")
    refused = await refusal(client.chat_postEphemeral(channel="CYLEINEN", user="UELSA", text="x"))
    assert refused["error"] == "user_not_in_channel"
    assert [m["text"] for m in slack.visitor("UAINO").messages()] == ["psst"]


async def test_an_update_with_text_alone_takes_the_blocks_away_and_keeps_the_metadata(slack, client) -> None:
    sent = await client.chat_postMessage(
        channel="UAINO", text="x", blocks=[actions(button())], metadata=METADATA
    )
    await client.chat_update(channel="DAINO", ts=sent["ts"], text="Done")
    (message,) = slack.visitor("UAINO").direct_messages
    assert (message["text"], message["blocks"], message["metadata"]) == ("Done", [], METADATA)
    await client.chat_delete(channel="DAINO", ts=sent["ts"])
    assert slack.visitor("UAINO").direct_messages == []


async def test_the_app_changes_and_deletes_its_own_messages_only(slack, client) -> None:
    message = await slack.visitor("UAINO").say("Mine", channel="CYLEINEN")
    for call, code in (
        (client.chat_update(channel="CYLEINEN", ts=message["ts"], text="x"), "cant_update_message"),
        (client.chat_delete(channel="CYLEINEN", ts=message["ts"]), "cant_delete_message"),
        (client.chat_update(channel="CYLEINEN", ts="1.000000", text="x"), "message_not_found"),
        (client.chat_update(channel="UAINO", ts=message["ts"], text="x"), "channel_not_found"),
    ):
        assert (await refusal(call))["error"] == code


async def test_a_picture_that_can_not_be_fetched_is_refused(client: AsyncWebClient) -> None:
    picture = {"type": "image", "image_url": "https://nowhere.invalid/1.png", "alt_text": "x"}
    refused = await refusal(client.chat_postMessage(channel="CYLEINEN", text="x", blocks=[picture]))
    assert refused["error"] == "invalid_blocks"
    assert "downloading image failed" in str(refused["response_metadata"])
    home = {"type": "home", "blocks": [picture]}
    refused = await refusal(client.views_publish(user_id="UAINO", view=home))
    assert refused["error"] == "invalid_arguments"
    assert "downloading image failed" in str(refused["response_metadata"])


async def test_a_message_is_not_changed_in_an_archived_channel_nor_in_one_the_app_was_removed_from(
    slack, client
) -> None:
    sent = await client.chat_postMessage(channel="CYLEINEN", text="x")
    channel = slack.workspace.channel("CYLEINEN")
    channel["is_archived"] = True
    update = client.chat_update(channel="CYLEINEN", ts=sent["ts"], text="y")
    assert (await refusal(update))["error"] == "is_inactive"
    channel["is_archived"] = False
    channel["members"].remove("UKAIKU")
    update = client.chat_update(channel="CYLEINEN", ts=sent["ts"], text="y")
    assert (await refusal(update))["error"] == "cant_update_message"


async def test_lists_come_by_types_and_pages(client: AsyncWebClient) -> None:
    await client.conversations_open(users="UAINO")
    channels = (await client.conversations_list())["channels"]
    assert {c["name"]: c["is_member"] for c in channels}["dialogi"] is False
    assert [c["user"] for c in (await client.conversations_list(types="im"))["channels"]] == ["UAINO"]
    assert (await refusal(client.conversations_list(types="club")))["error"] == "invalid_types"
    mine = (await client.users_conversations(types="public_channel,im"))["channels"]
    assert {c["id"] for c in mine} == {"CYLEINEN", "CENNAKOINTI", "CSVENSKA", "DAINO"}
    people = [user async for page in await client.users_list(limit=7) for user in page["members"]]
    assert len(people) == len({user["id"] for user in people}) == 17
    assert "UAINO" in (await client.conversations_members(channel="CYLEINEN"))["members"]
    info = (await client.conversations_info(channel="DAINO"))["channel"]
    assert (info["is_im"], info["user"]) == (True, "UAINO")


async def test_a_stack_holds_three_views_and_guards_its_hashes(slack: WorkspaceServer, client) -> None:
    def trigger() -> str:
        return slack.workspace.new_trigger("UAINO")

    first = (await client.views_open(trigger_id=trigger(), view=modal(external_id="one")))["view"]
    await client.views_push(trigger_id=trigger(), view=modal())
    await client.views_push(trigger_id=trigger(), view=modal())
    push = client.views_push(trigger_id=trigger(), view=modal())
    assert (await refusal(push))["error"] == "push_limit_reached"
    changed = (await client.views_update(view_id=first["id"], hash=first["hash"], view=modal()))["view"]
    assert changed["hash"] != first["hash"]
    update = client.views_update(view_id=first["id"], hash=first["hash"], view=modal())
    assert (await refusal(update))["error"] == "hash_conflict"
    for view_id in ("V1", ""):
        update = client.views_update(view_id=view_id, external_id="one", view=modal())
        assert (await refusal(update))["error"] == "not_found"  # the update took the external_id away
    assert len(slack.visitor("UAINO").modals) == 3


async def test_an_external_id_names_one_open_view(slack: WorkspaceServer, client) -> None:
    trigger = slack.workspace.new_trigger
    await client.views_open(trigger_id=trigger("UAINO"), view=modal(external_id="one"))
    other = client.views_open(trigger_id=trigger("UELSA"), view=modal(external_id="one"))
    assert (await refusal(other))["error"] == "duplicate_external_ids"
    assert (await client.views_update(external_id="one", view=modal(external_id="one")))["ok"]


async def test_home_takes_home_views_and_guards_its_hash(slack: WorkspaceServer, client) -> None:
    first = (await client.views_publish(user_id="UAINO", view=home()))["view"]
    await client.views_publish(user_id="UAINO", view=home(section("new")), hash=first["hash"])
    for call, code in (
        (client.views_publish(user_id="UAINO", view=home(), hash=first["hash"]), "hash_conflict"),
        (client.views_publish(user_id="UNONE", view=home()), "user_not_found"),
        (client.views_publish(user_id="UAINO", view=modal()), "invalid_arguments"),
        (
            client.views_open(trigger_id=slack.workspace.new_trigger("UAINO"), view=home()),
            "invalid_arguments",
        ),
    ):
        assert (await refusal(call))["error"] == code


async def test_a_view_over_250_kilobytes_is_refused_by_its_own_code(slack: WorkspaceServer, client) -> None:
    big = modal(*[section("ä" * 1300)] * 100)
    call = client.views_open(trigger_id=slack.workspace.new_trigger("UAINO"), view=big)
    assert (await refusal(call))["error"] == "view_too_large"


async def test_what_was_typed_outlives_an_update_of_the_view(slack: WorkspaceServer, client) -> None:
    view = (await client.views_open(
        trigger_id=slack.workspace.new_trigger("UAINO"), view=modal(field("a"), field("b", initial_value="B"))
    ))["view"]  # fmt: skip
    slack.visitor("UAINO").modal["state"]["values"]["a"]["a"]["value"] = "typed"
    again = modal(field("a"), field("b", "number_input", is_decimal_allowed=False), title=plain("New"))
    updated = (await client.views_update(view_id=view["id"], view=again))["view"]
    values = updated["state"]["values"]
    assert (values["a"]["a"]["value"], values["b"]["b"]["value"]) == ("typed", None)


async def limited(tmp_path: Path) -> tuple[WorkspaceServer, StillClock, AsyncWebClient]:
    """A workspace that paces calls as Slack does."""
    clock = StillClock(datetime(2019, 2, 11, 8, 0, tzinfo=UTC))
    workspace = Workspace.load(manifest=manifest(tmp_path), people=PEOPLE, clock=clock, limits=True)
    server = WorkspaceServer(workspace)
    await server.start()
    return server, clock, AsyncWebClient(token=workspace.bot_token, base_url=server.api_url)


async def test_where_limits_are_on_a_channel_takes_one_message_a_second(tmp_path: Path) -> None:
    server, clock, client = await limited(tmp_path)
    await client.chat_postMessage(channel="UAINO", text="1")
    await client.chat_postMessage(channel="UELSA", text="another conversation")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="DAINO", text="2")
    response = refused.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (
        429,
        "ratelimited",
        "1",
    )
    clock.advance(timedelta(seconds=1))
    assert (await client.chat_postMessage(channel="UAINO", text="2"))["ok"]
    await server.stop()


async def test_where_limits_are_on_a_method_takes_as_many_a_minute_as_its_tier(tmp_path: Path) -> None:
    server, clock, client = await limited(tmp_path)
    for _ in range(METHODS["users.list"].a_minute):
        await client.users_list(limit=1)
    clock.advance(timedelta(seconds=20))
    with pytest.raises(SlackApiError) as refused:
        await client.users_list(limit=1)
    assert refused.value.response.headers["Retry-After"] == "40"
    clock.advance(timedelta(seconds=40))
    assert (await client.users_list(limit=1))["ok"]
    await server.stop()


async def test_an_app_sold_outside_the_marketplace_reads_15_messages_a_minute(tmp_path: Path) -> None:
    server, clock, client = await limited(tmp_path)
    server.workspace.limits, server.workspace.is_commercial = False, True
    for n in range(20):
        server.workspace.add_message("CYLEINEN", "UAINO", str(n))
    ts = server.workspace.data["messages"]["CYLEINEN"][0]["ts"]
    for read in (
        lambda **more: client.conversations_history(channel="CYLEINEN", limit=100, **more),
        lambda **more: client.conversations_replies(channel="CYLEINEN", ts=ts, limit=100, **more),
    ):
        page = await read()
        assert len(page["messages"]) in {15, 1}
        assert (await refusal(read()))["error"] == "ratelimited"
        clock.advance(timedelta(minutes=1))
        assert (await read(cursor=page["response_metadata"]["next_cursor"] or None))["ok"]
    await server.stop()


@pytest.mark.parametrize("fault", ["slow_answer", "slow_accept"])
async def test_an_ordered_delay_is_waited_out(slack: WorkspaceServer, client, fault: str) -> None:
    slack.workspace.slow_seconds = 0.05
    slack.workspace.faults.append(Fault("api.test", 1, fault))
    began = time.monotonic()
    await client.api_test()
    assert time.monotonic() - began >= 0.05


async def test_faults_at_random_are_the_same_for_the_same_seed() -> None:
    def fates(seed: int) -> list[str | None]:
        faults = RandomFaults(0.5, seed, slow_seconds=1)
        return [fault.fault if (fault := faults.next("api.test")) else None for _ in range(50)]

    assert fates(7) == fates(7)
    assert fates(7) != fates(8)
    assert set(fates(7)) <= {None, *FAULTS}


async def test_ordered_faults_fail_before_or_after_the_effect(slack: WorkspaceServer, http) -> None:
    url, form = f"{slack.api_url}chat.postMessage", {"channel": "UAINO", "text": "x"}
    headers = {"Authorization": f"Bearer {slack.workspace.bot_token}"}
    seen = slack.visitor("UAINO")
    for fault, status, effect in (
        ("rate_limited", 429, 0), ("http_500_before", 500, 0),
        ("http_500_after", 500, 1), ("drop_after", None, 2),
    ):  # fmt: skip
        slack.workspace.faults.append(Fault("*", 1, fault, retry_after=9))
        try:
            async with http.post(url, data=form, headers=headers) as response:
                assert response.status == status
                assert response.headers.get("Retry-After") == ("9" if status == 429 else None)
        except aiohttp.ServerDisconnectedError:
            assert status is None
        assert len(seen.direct_messages) == effect
    async with http.post(url, data=form, headers=headers) as response:
        assert response.status == 200
