"""Channels: who is in them, what becomes of them, what the app may do there then and what it hears of it."""

from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace, WorkspaceServer, channel_acts
from tests.sandbox.conftest import EVERY_SCOPE, EventApp, Listening, full_workspace, refusal

CHANNEL = "CYLEINEN"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


@pytest.fixture
async def private(control) -> str:
    """A private channel of Kalle's; the app is not in it."""
    channel_id: str = (await control("channel/create", name="suljettu", is_private=True))["channel"]["id"]
    return channel_id


# -- membership and privacy ------------------------------------------------------------------------------


async def test_a_private_channel_is_not_there_for_an_app_that_is_not_in_it(client, private, control) -> None:
    calls = {
        "chat.postMessage": {"text": "x"},
        "conversations.info": {},
        "conversations.members": {},
        "conversations.history": {},
        "conversations.replies": {"ts": "1.000000"},
        "chat.getPermalink": {"message_ts": "1.000000"},
        "chat.update": {"ts": "1.000000", "text": "x"},
        "chat.delete": {"ts": "1.000000"},
    }
    for method, arguments in calls.items():
        call = client.api_call(method, params={"channel": private} | arguments)
        assert await refusal(call) == "channel_not_found", method
    kinds = {"types": "public_channel,private_channel"}
    assert private not in {each["id"] for each in (await client.conversations_list(**kinds))["channels"]}
    await control("channel/invite", channel=private)
    listed = {each["id"]: each for each in (await client.conversations_list(**kinds))["channels"]}
    assert (listed[private]["is_private"], listed[private]["is_channel"]) == (True, False)
    assert private not in {each["id"] for each in (await client.conversations_list())["channels"]}
    assert (await client.chat_postMessage(channel=private, text="x"))["ok"]


async def test_private_channels_take_their_own_scopes(tmp_path: Path) -> None:
    scopes = [each for each in EVERY_SCOPE if not each.startswith("groups:")]
    server = WorkspaceServer(full_workspace(tmp_path, scopes=scopes))
    await server.start()
    client = AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url)
    made = channel_acts.create_channel(server.workspace, "UKOORD", "suljettu", is_private=True)
    channel_acts.invite(server.workspace, "UKOORD", made["id"], "UKAIKU")
    for call in (
        client.conversations_info(channel=made["id"]),
        client.conversations_history(channel=made["id"]),
        client.conversations_list(types="private_channel"),
    ):
        assert await refusal(call) == "missing_scope"
    await server.stop()


async def test_members_and_their_number_leave_out_deactivated_people(slack, client, control) -> None:
    before = (await client.conversations_info(channel=CHANNEL, include_num_members=True))["channel"]
    assert "num_members" not in (await client.conversations_info(channel=CHANNEL))["channel"]
    await control("person", id="UELSA", deleted=True)
    after = (await client.conversations_info(channel=CHANNEL, include_num_members=True))["channel"]
    assert after["num_members"] == before["num_members"] - 1
    members = (await client.conversations_members(channel=CHANNEL))["members"]
    assert len(members) == after["num_members"]
    assert "UELSA" not in members


async def test_a_guest_is_in_no_channel_until_invited_and_others_in_all_open_ones(slack, control) -> None:
    await control("person", id="UUUSI", name="Uno Uusi")
    await control("person", id="UGUEST", name="Guido Guest", is_restricted=True)
    assert "UUUSI" in slack.workspace.channel(CHANNEL)["members"]
    assert "UGUEST" not in slack.workspace.channel(CHANNEL)["members"]
    assert (await control("channel/invite", channel=CHANNEL, user="UGUEST"))["ok"]
    assert "UGUEST" in slack.workspace.channel(CHANNEL)["members"]


async def test_an_ephemeral_message_goes_to_active_members_only(slack, client, control) -> None:
    await control("person", id="UELSA", deleted=True)
    await control("channel/remove", channel=CHANNEL, user="UAINO")
    for user in ("UELSA", "UAINO", "UNONE"):
        call = client.chat_postEphemeral(channel=CHANNEL, user=user, text="psst")
        assert await refusal(call) == "user_not_in_channel"


# -- what becomes of channels ----------------------------------------------------------------------------


async def test_nothing_is_written_to_an_archived_channel(slack, client, control, http) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="x")
    where = {"channel": CHANNEL, "ts": sent["ts"]}
    assert (await control("channel/archive", channel=CHANNEL))["ok"]
    for call, code in (
        (client.chat_postMessage(channel=CHANNEL, text="x"), "is_archived"),
        (client.chat_postMessage(channel=CHANNEL, text="x", thread_ts=sent["ts"]), "is_archived"),
        (client.chat_postEphemeral(channel=CHANNEL, user="UAINO", text="x"), "is_archived"),
        (client.chat_update(text="y", **where), "is_inactive"),
        (client.chat_delete(**where), "cant_delete_message"),
    ):
        assert await refusal(call) == code
    said = await control("message", "UAINO", channel=CHANNEL, text="x")
    assert said["error"] == "is_archived"
    address = slack.workspace.new_response_address("UAINO", CHANNEL, sent["ts"])
    for answer in ({"text": "y"}, {"delete_original": True}):
        async with http.post(f"{slack.url}/response/{address}", json=answer) as response:
            assert (await response.json())["error"] == "is_archived"
    assert (await client.conversations_info(channel=CHANNEL))["channel"]["is_archived"]
    open_ones = (await client.conversations_list(exclude_archived=True))["channels"]
    assert CHANNEL not in {each["id"] for each in open_ones}
    assert (await client.conversations_history(channel=CHANNEL))["ok"]
    assert (await control("channel/unarchive", channel=CHANNEL))["ok"]
    assert (await client.chat_update(text="y", **where))["ok"]


async def test_where_the_app_was_removed_it_writes_changes_and_reads_no_more(slack, client, control) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="x")
    where = {"channel": CHANNEL, "ts": sent["ts"]}
    await control("channel/remove", channel=CHANNEL)
    for call, code in (
        (client.chat_postMessage(channel=CHANNEL, text="x"), "not_in_channel"),
        (client.chat_postEphemeral(channel=CHANNEL, user="UAINO", text="x"), "not_in_channel"),
        (client.conversations_history(channel=CHANNEL), "not_in_channel"),
        (client.chat_update(text="y", **where), "cant_update_message"),
        (client.chat_delete(**where), "cant_delete_message"),
    ):
        assert await refusal(call) == code
    assert (await client.conversations_info(channel=CHANNEL))["channel"]["is_member"] is False


async def test_the_app_hears_what_becomes_of_a_channel(slack, event_app, control) -> None:
    await control("channel/rename", channel=CHANNEL, name="kaikille")
    await control("channel/archive", channel=CHANNEL)
    await control("channel/unarchive", channel=CHANNEL)
    made = (await control("channel/create", name="uusi-kanava"))["channel"]["id"]
    await control("channel/remove", channel=CHANNEL)
    renamed, archived, back, created, left = await event_app.events(
        "channel_rename", "channel_archive", "channel_unarchive", "channel_created", "channel_left"
    )
    assert (renamed["channel"]["id"], renamed["channel"]["name"]) == (CHANNEL, "kaikille")
    assert (archived["channel"], archived["user"], back["user"]) == (CHANNEL, "UKOORD", "UKOORD")
    assert (created["channel"]["id"], created["channel"]["creator"]) == (made, "UKOORD")
    assert (left["channel"], left["actor_id"]) == (CHANNEL, "UKOORD")


async def test_of_a_private_channel_it_hears_only_while_it_is_there(
    slack, event_app, private, control
) -> None:
    await control("channel/rename", channel=private, name="salainen")
    await control("message", channel=private, text="not for the app")
    assert await event_app.events() == []
    await control("channel/invite", channel=private)
    await control("channel/rename", channel=private, name="avoimempi")
    await control("message", channel=private, text="for the app")
    await control("channel/archive", channel=private)
    await control("channel/unarchive", channel=private)
    await control("channel/remove", channel=private)
    kinds = [each["type"] for each in await event_app.events() if each["type"] != "message"]
    assert kinds == [
        "member_joined_channel",
        "group_rename",
        "group_archive",
        "group_unarchive",
        "group_left",
    ]
    said = [each for each in await event_app.events("message") if "subtype" not in each]
    assert [(each["text"], each["channel_type"]) for each in said] == [("for the app", "group")]


async def test_who_joins_and_leaves_is_told_where_the_app_is(slack, event_app, control) -> None:
    for channel in (CHANNEL, "CDIALOGI"):
        await control("channel/remove", channel=channel, user="UAINO")
        await control("channel/invite", channel=channel, user="UAINO")
    await control("channel/invite", channel="CDIALOGI")
    left, joined, bot = await event_app.events("member_left_channel", "member_joined_channel")
    assert (left["user"], left["channel"], left["channel_type"]) == ("UAINO", CHANNEL, "C")
    assert (joined["user"], joined["channel"], joined["inviter"]) == ("UAINO", CHANNEL, "UKOORD")
    assert (bot["user"], bot["channel"]) == ("UKAIKU", "CDIALOGI")


async def test_a_message_where_the_app_is_not_is_not_told(slack, event_app, control) -> None:
    await control("message", "UAINO", channel="CDIALOGI", text="among ourselves")
    await control("message", "UAINO", channel=CHANNEL, text="to all")
    assert [each["text"] for each in await event_app.events("message")] == ["to all"]


async def test_the_app_hears_who_mentions_it_where_it_is(slack, event_app, control) -> None:
    await control("message", "UAINO", channel="CDIALOGI", text="@echo cannot hear this")
    parent = (await control("message", "UAINO", channel=CHANNEL, text="Hei @echo!"))["message"]
    await control("message", "UELSA", channel=CHANNEL, text="@echo, and here?", thread_ts=parent["ts"])
    await control("message", "UAINO", channel=CHANNEL, text="@elsa.lindroos, not the app")
    await control("message", "UAINO", channel="DAINO", text="@echo between us")
    await control("channel/invite", channel="CDIALOGI")
    first, reply = await event_app.events("app_mention")
    assert (first["user"], first["channel"], first["text"]) == ("UAINO", CHANNEL, "Hei <@UKAIKU>!")
    assert (first["ts"], first["event_ts"]) == (parent["ts"], parent["ts"])
    assert (reply["user"], reply["thread_ts"]) == ("UELSA", parent["ts"])
    assert "channel_type" not in first


async def test_the_app_does_not_hear_itself_mentioned_by_itself(slack, event_app) -> None:
    client = AsyncWebClient(token=slack.workspace.bot_token, base_url=slack.api_url)
    await client.chat_postMessage(channel=CHANNEL, text="I am <@UKAIKU>")
    assert [each["type"] for each in await event_app.events()] == ["message"]


async def test_what_a_person_writes_is_kept_as_slack_keeps_it(slack, event_app, control) -> None:
    await control("message", "UAINO", channel=CHANNEL, text="@elsa.lindroos in #ennakointi: 1 < 2 & @nobody")
    (heard,) = await event_app.events("message")
    assert heard["text"] == "<@UELSA> in <#CENNAKOINTI>: 1 &lt; 2 &amp; @nobody"


async def test_an_event_whose_scope_the_app_lacks_is_not_told(tmp_path: Path) -> None:
    server = WorkspaceServer(full_workspace(tmp_path, scopes=["chat:write", "im:history"]))
    await server.start()
    app = EventApp(server)
    async with Listening(app.handle) as server.app_url:
        channel_acts.rename_channel(server.workspace, "UKOORD", CHANNEL, "kaikille")
        channel_acts.remove(server.workspace, "UKOORD", CHANNEL, "UAINO")
        server.link.person_changed("UAINO")
        server.link.person_joined("UAINO")
        await server.visitor("UAINO").say("Hei")
        await server.visitor("UAINO").say("Hei @echo", channel=CHANNEL)
        assert [each["channel_type"] for each in await app.events()] == ["im"]
    await server.stop()


@pytest.mark.parametrize(
    ("call", "body", "code"),
    [
        ("channel/create", {"name": "yleinen"}, "name_taken"),
        ("channel/create", {"name": "Isot Kirjaimet"}, "invalid_name"),
        ("channel/create", {"name": "x" * 81}, "invalid_name"),
        ("channel/rename", {"channel": CHANNEL, "name": "dialogi"}, "name_taken"),
        ("channel/rename", {"channel": "CNONE", "name": "x"}, "channel_not_found"),
        ("channel/unarchive", {"channel": CHANNEL}, "not_archived"),
        ("channel/invite", {"channel": CHANNEL, "user": "UAINO"}, "already_in_channel"),
        ("channel/invite", {"channel": CHANNEL, "user": "UNONE"}, "user_not_found"),
        ("channel/invite", {"channel": "CDIALOGI", "user": "UPOIS"}, "user_disabled"),
        ("channel/remove", {"channel": "CDIALOGI"}, "not_in_channel"),
        ("channel/archive", {"channel": "DAINO"}, "method_not_supported_for_channel_type"),
    ],
)
async def test_people_cannot_do_to_channels_what_slack_refuses(client, control, call, body, code) -> None:
    await client.conversations_open(users="UAINO")
    assert (await control(call, **body))["error"] == code


async def test_a_channel_is_archived_once_and_then_only_taken_out_again(control) -> None:
    await control("channel/archive", channel=CHANNEL)
    for call, code in (("archive", "already_archived"), ("invite", "is_archived"), ("rename", "is_archived")):
        answer = await control(f"channel/{call}", channel=CHANNEL, user="UPOIS", name="x")
        assert answer["error"] == code
