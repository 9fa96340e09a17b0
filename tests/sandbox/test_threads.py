"""Threads: replies stand under their parent, are counted there, and are told with its time stamp."""

from pathlib import Path

import pytest

from sandbox import SlackError, Workspace, payloads
from tests.sandbox.conftest import full_workspace, refusal
from tests.sandbox.shapes import actions, button

CHANNEL = "CYLEINEN"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


async def test_a_thread_is_read_oldest_first_by_any_of_its_time_stamps(slack, client) -> None:
    parent = await slack.visitor("UAINO").say("Why?", channel=CHANNEL)
    await client.chat_postMessage(channel=CHANNEL, text="Because", thread_ts=parent["ts"])
    reply = await slack.visitor("UELSA").say("Indeed", channel=CHANNEL, thread_ts=parent["ts"])
    await slack.visitor("UELSA").say("Something else", channel=CHANNEL)
    for ts in (parent["ts"], reply["ts"]):
        thread = (await client.conversations_replies(channel=CHANNEL, ts=ts))["messages"]
        assert [each["text"] for each in thread] == ["Why?", "Because", "Indeed"]
        assert {each["thread_ts"] for each in thread} == {parent["ts"]}
        assert [each.get("parent_user_id") for each in thread] == [None, "UAINO", "UAINO"]


async def test_a_message_without_replies_is_a_thread_of_one(slack, client) -> None:
    alone = await slack.visitor("UAINO").say("Anybody?", channel=CHANNEL)
    (only,) = (await client.conversations_replies(channel=CHANNEL, ts=alone["ts"]))["messages"]
    assert "thread_ts" not in only


async def test_the_parent_counts_its_replies_and_who_wrote_them(slack, client) -> None:
    parent = await client.chat_postMessage(channel=CHANNEL, text="A round")
    for user in ("UAINO", "UELSA", "UAINO"):
        last = await slack.link.post(user, CHANNEL, "My answer", thread_ts=parent["ts"])
    (shown,) = (await client.conversations_history(channel=CHANNEL))["messages"]
    assert (shown["reply_count"], shown["reply_users"], shown["reply_users_count"]) == (
        3,
        ["UAINO", "UELSA"],
        2,
    )
    assert shown["latest_reply"] == last["ts"]
    assert shown["thread_ts"] == shown["ts"]


async def test_history_has_a_reply_only_where_it_was_broadcast(slack, client) -> None:
    parent = await slack.visitor("UAINO").say("Why?", channel=CHANNEL)
    await client.chat_postMessage(channel=CHANNEL, text="aside", thread_ts=parent["ts"])
    await client.chat_postMessage(
        channel=CHANNEL, text="for all", thread_ts=parent["ts"], reply_broadcast=True
    )
    shown = (await client.conversations_history(channel=CHANNEL))["messages"]
    assert [(each["text"], each.get("subtype")) for each in shown] == [
        ("for all", "thread_broadcast"),
        ("Why?", None),
    ]


async def test_the_app_is_told_of_a_reply_with_its_thread(slack, event_app) -> None:
    parent = await slack.visitor("UAINO").say("Why?", channel=CHANNEL)
    await slack.link.post("UELSA", CHANNEL, "Because", thread_ts=parent["ts"])
    first, second = await event_app.events("message")
    assert "thread_ts" not in first
    assert (second["thread_ts"], second["parent_user_id"], second["user"]) == (parent["ts"], "UAINO", "UELSA")
    assert (second["channel"], second["channel_type"]) == (CHANNEL, "channel")


async def test_a_reply_goes_to_a_message_that_is_there_and_is_no_reply(slack, client, control) -> None:
    parent = await slack.visitor("UAINO").say("Why?", channel=CHANNEL)
    reply = await client.chat_postMessage(channel=CHANNEL, text="Because", thread_ts=parent["ts"])
    psst = await client.chat_postEphemeral(channel=CHANNEL, user="UAINO", text="psst")
    await control("channel/remove", channel=CHANNEL, user="UHELI")
    left = slack.workspace.data["messages"][CHANNEL][-1]
    for ts, code in (
        ("yesterday", "invalid_thread_ts"),
        ("1449872000.000000", "thread_not_found"),
        (reply["ts"], "cannot_reply_to_message"),
        (psst["message_ts"], "cannot_reply_to_message"),
        (left["ts"], "cannot_reply_to_message"),
    ):
        call = client.chat_postMessage(channel=CHANNEL, text="x", thread_ts=ts)
        assert await refusal(call) == code


async def test_no_thread_is_read_where_there_is_none(slack, client, control) -> None:
    await control("channel/remove", channel=CHANNEL, user="UHELI")
    left = slack.workspace.data["messages"][CHANNEL][-1]
    for ts in ("1449872000.000000", left["ts"]):
        assert await refusal(client.conversations_replies(channel=CHANNEL, ts=ts)) == "thread_not_found"
    read = client.conversations_replies(channel="CDIALOGI", ts=left["ts"])
    assert await refusal(read) == "not_in_channel"


async def test_what_is_for_one_persons_eyes_is_seen_in_a_thread_that_has_begun(slack, client) -> None:
    parent = await slack.visitor("UAINO").say("Why?", channel=CHANNEL)
    psst = {"channel": CHANNEL, "user": "UAINO", "thread_ts": parent["ts"]}
    await client.chat_postEphemeral(text="too early", **psst)
    await client.chat_postMessage(channel=CHANNEL, text="Because", thread_ts=parent["ts"])
    await client.chat_postEphemeral(text="psst", **psst)
    assert [each["text"] for each in slack.visitor("UAINO").messages()] == ["Why?", "Because", "psst"]
    thread = await client.conversations_replies(channel=CHANNEL, ts=parent["ts"])
    assert [each["text"] for each in thread["messages"]] == ["Why?", "Because"]


async def test_a_parent_that_is_deleted_leaves_a_tombstone_and_its_thread(slack, client) -> None:
    parent = await client.chat_postMessage(channel=CHANNEL, text="A round")
    reply = await client.chat_postMessage(channel=CHANNEL, text="Mine", thread_ts=parent["ts"])
    await client.chat_delete(channel=CHANNEL, ts=parent["ts"])
    root, kept = (await client.conversations_replies(channel=CHANNEL, ts=parent["ts"]))["messages"]
    assert (root["subtype"], kept["text"]) == ("tombstone", "Mine")
    again = client.chat_update(channel=CHANNEL, ts=parent["ts"], text="x")
    assert await refusal(again) == "message_not_found"
    await client.chat_delete(channel=CHANNEL, ts=reply["ts"])
    (root,) = (await client.conversations_replies(channel=CHANNEL, ts=parent["ts"]))["messages"]
    assert "reply_count" not in root


async def test_a_slash_command_is_refused_in_a_thread(slack, event_app, control) -> None:
    parent = await slack.visitor("UAINO").say("Why?", channel=CHANNEL)
    with pytest.raises(SlackError, match="not_in_threads"):
        await slack.link.command("UAINO", CHANNEL, "/echo x", thread_ts=parent["ts"])
    typed = {"channel": CHANNEL, "text": "/echo x", "thread_ts": parent["ts"]}
    assert (await control("command", "UAINO", **typed))["error"] == "not_in_threads"
    assert [each["type"] for each in await event_app.events()] == ["message"]


async def test_people_reply_through_the_control_api(slack, control, client) -> None:
    parent = await slack.visitor("UAINO").say("Why?", channel=CHANNEL)
    for broadcast in (False, True):
        said = {"channel": CHANNEL, "text": f"{broadcast}", "thread_ts": parent["ts"]}
        assert (await control("message", "UELSA", reply_broadcast=broadcast, **said))["ok"]
    shown = (await client.conversations_history(channel=CHANNEL))["messages"]
    assert [each["text"] for each in shown] == ["True", "Why?"]
    assert shown[1]["reply_count"] == 2


async def test_a_click_in_a_thread_says_in_which(slack, client) -> None:
    parent = await client.chat_postMessage(channel=CHANNEL, text="A round")
    sent = await client.chat_postMessage(
        channel=CHANNEL, text="Join?", blocks=[actions(button("join"))], thread_ts=parent["ts"]
    )
    message = slack.workspace.message(CHANNEL, sent["ts"])
    shown = payloads.on_message(slack.workspace.channel(CHANNEL), message)
    assert shown["container"]["thread_ts"] == parent["ts"]
