"""What the bot of an announcement needs: posts that others delete, links to them, late changes."""

from datetime import timedelta
from pathlib import Path

import pytest

from sandbox import Workspace
from tests.sandbox.conftest import full_workspace, refusal

CHANNEL = "CYLEINEN"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


async def test_a_permalink_leads_to_the_message_and_to_its_thread(slack, client) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="x")
    reply = await client.chat_postMessage(channel=CHANNEL, text="y", thread_ts=sent["ts"])
    plain = (await client.chat_getPermalink(channel=CHANNEL, message_ts=sent["ts"]))["permalink"]
    assert plain == f"https://paikallinen.slack.com/archives/{CHANNEL}/p{sent['ts'].replace('.', '')}"
    link = (await client.chat_getPermalink(channel=CHANNEL, message_ts=reply["ts"]))["permalink"]
    assert link.endswith(f"?thread_ts={sent['ts']}&cid={CHANNEL}")
    for channel, ts, code in (
        (CHANNEL, "1.000000", "message_not_found"),
        ("CNONE", sent["ts"], "channel_not_found"),
    ):
        assert await refusal(client.chat_getPermalink(channel=channel, message_ts=ts)) == code


async def test_a_post_that_somebody_deleted_is_not_there_and_the_app_is_told(
    slack, client, control, event_app
) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="x")
    where = {"channel": CHANNEL, "ts": sent["ts"]}
    assert (await control("delete", "UAINO", **where))["ok"]
    assert await refusal(client.chat_update(text="y", **where)) == "message_not_found"
    assert await refusal(client.chat_delete(**where)) == "message_not_found"
    assert (await control("delete", "UAINO", **where))["error"] == "message_not_found"
    posted, deleted = await event_app.events("message")
    assert (posted["bot_id"], posted["ts"]) == ("BKAIKU", sent["ts"])
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", sent["ts"])
    assert deleted["previous_message"]["text"] == "x"


async def test_a_person_deletes_a_post_where_they_stand(slack, client) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="x")
    await slack.visitor("UAINO").delete(sent["ts"])
    assert slack.visitor("UELSA").messages(CHANNEL) == []


async def test_only_members_delete_and_only_what_they_see(slack, client, control) -> None:
    psst = await client.chat_postEphemeral(channel=CHANNEL, user="UAINO", text="psst")
    await control("channel/remove", channel=CHANNEL, user="UTIMO")
    where = {"channel": CHANNEL, "ts": psst["message_ts"]}
    assert (await control("delete", "UELSA", **where))["error"] == "message_not_found"
    assert (await control("delete", "UTIMO", **where))["error"] == "not_in_channel"


async def test_a_changed_post_is_told_with_what_stood_there_before(slack, client, event_app) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="3 seats")
    await client.chat_update(channel=CHANNEL, ts=sent["ts"], text="2 seats")
    _, changed = await event_app.events("message")
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("3 seats", "2 seats")
    assert changed["message"]["edited"]


async def test_a_change_after_the_edit_window_is_refused(slack, client, control) -> None:
    sent = await client.chat_postMessage(channel=CHANNEL, text="x")
    where = {"channel": CHANNEL, "ts": sent["ts"]}
    assert (await control("settings", edit_window_minutes=5))["ok"]
    slack.workspace.clock.advance(timedelta(minutes=5))
    assert (await client.chat_update(text="in time", **where))["ok"]
    slack.workspace.clock.advance(timedelta(seconds=1))
    assert await refusal(client.chat_update(text="late", **where)) == "edit_window_closed"
    await control("settings", edit_window_minutes=None)
    assert (await client.chat_update(text="for ever", **where))["ok"]


async def test_what_only_one_person_sees_is_never_told_as_a_message(slack, client, event_app) -> None:
    await client.chat_postEphemeral(channel=CHANNEL, user="UAINO", text="psst")
    assert await event_app.events() == []
