"""Channels that the app makes and fills: what Slack lets it do, and how it refuses the rest."""

from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace, WorkspaceServer, channel_acts
from tests.sandbox.conftest import EVERY_SCOPE, full_workspace, refusal


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


async def make(client: AsyncWebClient, name: str = "ryhmä-1") -> str:
    made = await client.conversations_create(name=name, is_private=True)
    found: str = made["channel"]["id"]
    return found


async def members(client: AsyncWebClient, channel: str) -> set[str]:
    return set((await client.conversations_members(channel=channel))["members"])


async def test_a_channel_is_made_with_the_app_in_it_and_a_name_that_slack_takes(client: Any) -> None:
    channel = await make(client)
    shown = (await client.conversations_info(channel=channel))["channel"]
    assert (shown["is_private"], shown["is_member"], shown["name"]) == (True, True, "ryhmä-1")
    wrong = {
        "": "invalid_name_required",
        "a" * 81: "invalid_name_maxlength",
        "-_-": "invalid_name_punctuation",
        "Isoja": "invalid_name_specials",
        "kaksi sanaa": "invalid_name_specials",
        "ryhmä-1": "name_taken",
    }
    for name, code in wrong.items():
        call = client.api_call("conversations.create", params={"name": name, "is_private": True})
        assert await refusal(call) == code, name


async def test_each_kind_of_channel_takes_its_own_scope_to_be_changed(tmp_path: Path) -> None:
    scopes = [each for each in EVERY_SCOPE if each != "groups:write"]
    server = WorkspaceServer(full_workspace(tmp_path, scopes=scopes))
    await server.start()
    client = AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url)
    assert (await client.conversations_create(name="avoin"))["ok"]
    with pytest.raises(SlackApiError) as refused:
        await client.conversations_create(name="suljettu", is_private=True)
    data = refused.value.response.data
    assert (data["error"], data["needed"]) == ("missing_scope", "groups:write")
    assert "groups:write" not in data["provided"]
    await server.stop()


async def test_what_owners_keep_to_themselves_is_refused(client: Any, workspace: Workspace) -> None:
    channel = await make(client)
    await client.conversations_invite(channel=channel, users="UAINO")
    workspace.restricted = frozenset({"conversations.create", "conversations.kick", "conversations.archive"})
    for call in (
        client.conversations_create(name="toinen", is_private=True),
        client.conversations_kick(channel=channel, user="UAINO"),
        client.conversations_archive(channel=channel),
    ):
        assert await refusal(call) == "restricted_action"


async def test_who_can_not_be_invited_is_refused_by_name(client: Any, workspace: Workspace) -> None:
    channel = await make(client)
    workspace.change_person({"id": "UTIMO", "deleted": True})
    workspace.change_person({"id": "UELSA", "is_ultra_restricted": True})
    await client.conversations_invite(channel=channel, users="UAINO")
    wrong = {
        "": "no_user",
        "UKUKAAN": "user_not_found",
        "UKAIKU": "cant_invite_self",
        "UTIMO": "user_disabled",
        "UAINO": "already_in_channel",
        "UELSA": "ura_max_channels",
    }
    for user, code in wrong.items():
        call = client.api_call("conversations.invite", params={"channel": channel, "users": user})
        assert await refusal(call) == code, user


async def test_all_are_invited_or_none_but_with_force_those_who_can_be(client: Any) -> None:
    channel = await make(client)
    mixed = "UAINO,UKUKAAN"
    assert await refusal(client.conversations_invite(channel=channel, users=mixed)) == "user_not_found"
    assert "UAINO" not in await members(client, channel)
    answer = await client.conversations_invite(channel=channel, users=mixed, force=True)
    assert [each["error"] for each in answer["errors"]] == ["user_not_found"]
    assert "UAINO" in await members(client, channel)


async def test_who_is_in_the_channel_is_removed_once_and_never_the_app_itself(client: Any) -> None:
    channel = await make(client)
    await client.conversations_invite(channel=channel, users="UAINO")
    await client.conversations_kick(channel=channel, user="UAINO")
    assert await members(client, channel) == {"UKAIKU"}
    assert await refusal(client.conversations_kick(channel=channel, user="UAINO")) == "not_in_channel"
    assert await refusal(client.conversations_kick(channel=channel, user="UKAIKU")) == "cant_kick_self"
    assert await refusal(client.conversations_kick(channel=channel, user="UKUKAAN")) == "user_not_found"


async def test_nothing_changes_where_the_app_is_not_or_the_channel_is_archived(
    client: Any, workspace: Workspace
) -> None:
    left = (await client.conversations_create(name="avoin"))["channel"]["id"]
    channel_acts.remove(workspace, "UKOORD", left, "UKAIKU")
    assert await refusal(client.conversations_invite(channel=left, users="UAINO")) == "not_in_channel"
    assert await refusal(client.conversations_kick(channel=left, user="UAINO")) == "not_in_channel"
    channel = await make(client)
    await client.conversations_archive(channel=channel)
    assert await refusal(client.conversations_archive(channel=channel)) == "already_archived"
    for call in (
        client.conversations_invite(channel=channel, users="UAINO"),
        client.conversations_kick(channel=channel, user="UAINO"),
        client.conversations_setTopic(channel=channel, topic="x"),
    ):
        assert await refusal(call) == "is_archived"
    assert await refusal(client.conversations_invite(channel="CEIOLE", users="UAINO")) == "channel_not_found"


async def test_a_topic_has_at_most_250_characters(client: Any) -> None:
    channel = await make(client)
    answer = await client.conversations_setTopic(channel=channel, topic="a" * 250)
    assert answer["channel"]["topic"]["value"] == "a" * 250
    call = client.conversations_setTopic(channel=channel, topic="a" * 251)
    assert await refusal(call) == "too_long"
