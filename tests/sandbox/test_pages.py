"""Pages: a cursor leads to what comes next, whatever came or went meanwhile, and only in its own list."""

import base64
from pathlib import Path

import pytest

from sandbox import Workspace
from tests.sandbox.conftest import full_workspace, refusal

CHANNEL = "CYLEINEN"
LISTS = {
    "conversations.history": ({"channel": CHANNEL}, "messages"),
    "conversations.replies": ({"channel": CHANNEL}, "messages"),
    "conversations.list": ({}, "channels"),
    "conversations.members": ({"channel": CHANNEL}, "members"),
    "users.conversations": ({}, "channels"),
    "users.list": ({}, "members"),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


async def thread(slack) -> str:
    parent = await slack.visitor("UAINO").say("0", channel=CHANNEL)
    for n in range(1, 5):
        await slack.link.post("UELSA", CHANNEL, str(n), thread_ts=parent["ts"], broadcast=True)
    ts: str = parent["ts"]
    return ts


async def arguments_of(slack, method: str) -> tuple[dict, str]:
    ts = await thread(slack)
    arguments, name = LISTS[method]
    return arguments | ({"ts": ts} if method == "conversations.replies" else {}), name


@pytest.mark.parametrize("method", LISTS)
async def test_the_pages_of_a_list_together_are_the_list(slack, client, method: str) -> None:
    arguments, name = await arguments_of(slack, method)
    whole = (await client.api_call(method, params=arguments))[name]
    found, cursor, pages = [], None, 0
    while cursor != "":
        more = {"cursor": cursor} if cursor else {}
        page = await client.api_call(method, params=arguments | more | {"limit": 2})
        assert len(page[name]) <= 2
        found += page[name]
        cursor, pages = page["response_metadata"]["next_cursor"], pages + 1
        assert page.get("has_more", bool(cursor)) is bool(cursor)
    assert found == whole
    assert pages == (len(whole) + 1) // 2 > 1


@pytest.mark.parametrize("method", LISTS)
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"cursor": "page:2"}, "invalid_cursor"),
        ({"cursor": base64.b64encode(b"elsewhere:1").decode()}, "invalid_cursor"),
        ({"limit": 0.5}, "invalid_limit"),
        ({"limit": 1001}, "invalid_limit"),
        ({"limit": -1}, "invalid_limit"),
    ],
)
async def test_a_cursor_of_elsewhere_and_a_wild_limit_are_refused(slack, client, method, wrong, code) -> None:
    arguments, _ = await arguments_of(slack, method)
    assert await refusal(client.api_call(method, params=arguments | wrong)) == code


async def test_what_is_posted_between_two_pages_of_history_moves_nothing(slack, client) -> None:
    await thread(slack)
    page = await client.conversations_history(channel=CHANNEL, limit=2)
    await slack.visitor("UAINO").say("later", channel=CHANNEL)
    cursor = page["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(channel=CHANNEL, cursor=cursor)
    assert [each["text"] for each in page["messages"] + rest["messages"]] == ["4", "3", "2", "1", "0"]


async def test_what_is_deleted_between_two_pages_ends_no_reading(slack, client, control) -> None:
    ts = await thread(slack)
    history = await client.conversations_history(channel=CHANNEL, limit=2)
    replies = await client.conversations_replies(channel=CHANNEL, ts=ts, limit=2)
    next_ts = slack.workspace.data["messages"][CHANNEL][2]["ts"]
    assert (await control("delete", channel=CHANNEL, ts=next_ts))["ok"]
    cursor = history["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(channel=CHANNEL, cursor=cursor)
    assert [each["text"] for each in rest["messages"]] == ["1", "0"]
    cursor = replies["response_metadata"]["next_cursor"]
    rest = await client.conversations_replies(channel=CHANNEL, ts=ts, cursor=cursor)
    assert [each["text"] for each in rest["messages"]] == ["3", "4"]


async def test_a_cursor_whose_member_left_is_no_longer_valid(slack, client, control) -> None:
    page = await client.conversations_members(channel=CHANNEL, limit=1)
    await control("channel/remove", channel=CHANNEL, user=slack.workspace.channel(CHANNEL)["members"][1])
    call = client.conversations_members(channel=CHANNEL, cursor=page["response_metadata"]["next_cursor"])
    assert await refusal(call) == "invalid_cursor"
