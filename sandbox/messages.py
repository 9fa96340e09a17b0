"""Writing, changing and deleting messages: the stored message, the app's view of it, and the events."""

import re

from sandbox.block_kit.names import with_block_ids
from sandbox.errors import SlackError
from sandbox.workspace import APP_ID, BOT_ID, BOT_USER, TEAM, Json, Workspace

NOT_THREADABLE = {"channel_join", "channel_leave", "channel_name", "channel_archive", "channel_unarchive"}
KINDS = {
    "im": ("im", "message.im"),
    "private_channel": ("group", "message.groups"),
    "public_channel": ("channel", "message.channels"),
}
"""By type of conversation: how a message event calls it, and how the manifest calls the event."""


def kind_of(channel: Json) -> str:
    """The type of a conversation, in conversations.list's words."""
    if channel["is_im"]:
        return "im"
    return "private_channel" if channel["is_private"] else "public_channel"


def post(
    workspace: Workspace, channel: Json, user: str, text: str, *, blocks: list[Json] | None = None,
    metadata: Json | None = None, thread_ts: str | None = None, broadcast: bool = False,
    subtype: str | None = None,
) -> Json:  # fmt: skip
    """Post a message that everybody in the channel sees. Raises SlackError for an invalid thread."""
    more: Json = {}
    if subtype is not None:
        more["subtype"] = subtype
    parent = parent_of(workspace, channel, thread_ts) if thread_ts is not None else None
    if parent is not None:
        more |= {"thread_ts": parent["ts"], "parent_user_id": parent["user"], "broadcast": broadcast}
    message = workspace.add_message(channel["id"], user, text, blocks=blocks, metadata=metadata, **more)
    if parent is not None:
        parent.setdefault("replies", []).append([user, message["ts"]])
    shown = message_object(message)
    _tell(workspace, channel, shown)
    _tell_of_mention(workspace, channel, shown)
    return message


def parent_of(workspace: Workspace, channel: Json, thread_ts: str) -> Json:
    """The message that a reply is to. Raises SlackError: invalid_thread_ts, thread_not_found;
    cannot_reply_to_message for replies, ephemeral messages and messages without an author."""
    if not re.fullmatch(r"\d+\.\d{6}", str(thread_ts)):
        raise SlackError("invalid_thread_ts")
    try:
        parent = workspace.message(channel["id"], thread_ts)
    except SlackError:
        raise SlackError("thread_not_found") from None
    if "thread_ts" in parent or parent["ephemeral_to"] or parent.get("subtype") in NOT_THREADABLE:
        raise SlackError("cannot_reply_to_message")
    return parent


def change(workspace: Workspace, channel: Json, message: Json, text: str, blocks: list[Json]) -> None:
    """Change a message; the event has the previous text."""
    before = message_object(message)
    message.update(text=text, blocks=with_block_ids(blocks), edited=True)
    workspace.changed()
    if message["ephemeral_to"] is None:
        after = message_object(message)
        _tell_hidden(workspace, channel, "message_changed", before, message=after)


def delete(workspace: Workspace, channel: Json, message: Json) -> None:
    """Delete a message. One with replies leaves a tombstone, so that the thread stays."""
    before = message_object(message)
    messages = workspace.data["messages"][channel["id"]]
    if message.get("replies"):
        message.update(text="This message was deleted.", blocks=[], metadata=None, subtype="tombstone")
    else:
        messages.remove(message)
    for parent in messages:
        if parent["ts"] == message.get("thread_ts"):
            parent["replies"].remove([message["user"], message["ts"]])
    workspace.changed()
    if message["ephemeral_to"] is None:
        _tell_hidden(workspace, channel, "message_deleted", before, deleted_ts=message["ts"])


def message_object(message: Json, *, with_metadata: bool = False) -> Json:
    """A message as Slack shows it in history, answers, events and payloads."""
    shown = {
        "type": "message",
        "user": message["user"],
        "ts": message["ts"],
        "text": message["text"],
        "team": TEAM,
    }
    if message["blocks"]:
        shown["blocks"] = message["blocks"]
    if message["edited"]:
        shown["edited"] = {"user": message["user"], "ts": message["ts"]}
    if message["bot"]:
        shown |= {"bot_id": BOT_ID, "app_id": APP_ID}
    if "subtype" in message:
        shown["subtype"] = message["subtype"]
    if with_metadata and message["metadata"]:
        shown["metadata"] = message["metadata"]
    return shown | _place_in_thread(message)


def _place_in_thread(message: Json) -> Json:
    if "thread_ts" in message:
        place = {"thread_ts": message["thread_ts"], "parent_user_id": message["parent_user_id"]}
        return place | ({"subtype": "thread_broadcast"} if message["broadcast"] else {})
    replies = message.get("replies")
    if not replies:
        return {}
    users = list(dict.fromkeys(user for user, _ in replies))
    return {
        "thread_ts": message["ts"],
        "reply_count": len(replies),
        "reply_users": users[:5],
        "reply_users_count": len(users),
        "latest_reply": replies[-1][1],
        "is_locked": False,
        "subscribed": BOT_USER in users or message["user"] == BOT_USER,
    }


def _tell_hidden(workspace: Workspace, channel: Json, subtype: str, before: Json, **more: object) -> None:
    """Send an event about a message that has its own time stamp."""
    event = {"type": "message", "subtype": subtype, "hidden": True, "previous_message": before, **more}
    _tell(workspace, channel, event | {"ts": workspace.next_ts()})


def _tell(workspace: Workspace, channel: Json, event: Json) -> None:
    """Send a message event, only where the app is a member."""
    if BOT_USER in channel["members"]:
        kind, name = KINDS[kind_of(channel)]
        where = {"channel": channel["id"], "channel_type": kind, "event_ts": event["ts"]}
        workspace.happened(name, event | where)


def _tell_of_mention(workspace: Workspace, channel: Json, shown: Json) -> None:
    """Send app_mention, but not for a direct message or for the app's own."""
    is_party = BOT_USER in channel["members"] and not channel["is_im"]
    if is_party and shown["user"] != BOT_USER and f"<@{BOT_USER}>" in shown["text"]:
        event = {"type": "app_mention", "channel": channel["id"], "event_ts": shown["ts"]}
        workspace.happened("app_mention", shown | event)
