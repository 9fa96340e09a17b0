"""chat.*: messages to channels, to people and for one person's eyes."""

import re
from datetime import timedelta

from sandbox import block_kit, messages
from sandbox.errors import SlackError, refuse
from sandbox.messages import message_object
from sandbox.methods.arguments import flag, required
from sandbox.methods.conversations import seen_channel
from sandbox.pictures import check_slack_files, pictures_not_found
from sandbox.workspace import BOT_USER, TEAM_DOMAIN, Json, Workspace

MOST_TEXT = 40_000
EVENT_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,255}")


def chat_post_message(workspace: Workspace, arguments: Json) -> Json:
    (channel_id,) = required(arguments, "channel")
    is_person = channel_id in workspace.data["people"]
    channel = open_channel(workspace, workspace.direct_channel(channel_id)["id"] if is_person else channel_id)
    text, blocks = read_message(arguments)
    message = messages.post(
        workspace,
        channel,
        BOT_USER,
        text,
        blocks=blocks,
        metadata=read_metadata(arguments),
        thread_ts=arguments.get("thread_ts") or None,
        broadcast=flag(arguments, "reply_broadcast"),
    )
    return {
        "channel": channel["id"],
        "ts": message["ts"],
        "message": message_object(message, with_metadata=True),
    }


def chat_post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    """Post a message for one member of the channel; in a thread only if it has begun."""
    channel_id, user = required(arguments, "channel", "user")
    channel = open_channel(workspace, channel_id)
    if user not in channel["members"] or workspace.person(user)["deleted"]:
        raise SlackError("user_not_in_channel")
    text, blocks = read_message(arguments)
    more: Json = {}
    if arguments.get("thread_ts"):
        parent = messages.parent_of(workspace, channel, arguments["thread_ts"])
        if not parent.get("replies"):
            return {"message_ts": workspace.next_ts()}
        more = {"thread_ts": parent["ts"], "parent_user_id": parent["user"], "broadcast": False}
    message = workspace.add_message(channel["id"], BOT_USER, text, blocks=blocks, ephemeral_to=user, **more)
    return {"message_ts": message["ts"]}


def chat_update(workspace: Workspace, arguments: Json) -> Json:
    """Change a message. Text without blocks removes the blocks; the metadata stays unless it is given."""
    channel_id, ts = required(arguments, "channel", "ts")
    channel = seen_channel(workspace, channel_id)
    message = _message(workspace, channel, ts)
    if channel["is_archived"]:
        raise SlackError("is_inactive")
    if not message["bot"] or BOT_USER not in channel["members"]:
        raise SlackError("cant_update_message")
    window = workspace.data["settings"].get("edit_window_minutes")
    age = workspace.clock.now().timestamp() - float(ts)
    if window is not None and age > timedelta(minutes=window).total_seconds():
        raise SlackError("edit_window_closed")
    text, blocks = read_message(arguments)
    if "metadata" in arguments:
        message["metadata"] = read_metadata(arguments)
    messages.change(workspace, channel, message, text, blocks)
    return {"channel": channel_id, "ts": ts, "text": text, "message": message_object(message)}


def chat_delete(workspace: Workspace, arguments: Json) -> Json:
    channel_id, ts = required(arguments, "channel", "ts")
    channel = seen_channel(workspace, channel_id)
    message = _message(workspace, channel, ts)
    if not message["bot"] or channel["is_archived"] or BOT_USER not in channel["members"]:
        raise SlackError("cant_delete_message")
    messages.delete(workspace, channel, message)
    return {"channel": channel_id, "ts": ts}


def chat_get_permalink(workspace: Workspace, arguments: Json) -> Json:
    channel_id, ts = required(arguments, "channel", "message_ts")
    message = _message(workspace, seen_channel(workspace, channel_id), ts)
    link = f"https://{TEAM_DOMAIN}.slack.com/archives/{channel_id}/p{ts.replace('.', '')}"
    if "thread_ts" in message:
        link += f"?thread_ts={message['thread_ts']}&cid={channel_id}"
    return {"channel": channel_id, "permalink": link}


def open_channel(workspace: Workspace, channel_id: str) -> Json:
    """A conversation that the app may write to."""
    channel = seen_channel(workspace, channel_id)
    if channel["is_im"]:
        for member in channel["members"]:
            if workspace.person(member)["deleted"]:
                raise SlackError("user_disabled")
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    return channel


def _message(workspace: Workspace, channel: Json, ts: str) -> Json:
    message = workspace.message(channel["id"], ts)
    if message["ephemeral_to"] is not None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    return message


def read_message(arguments: Json) -> tuple[str, list[Json]]:
    """Text and blocks of a message, checked. Raises SlackError as Slack does."""
    text, blocks = arguments.get("text") or "", arguments.get("blocks") or []
    if not isinstance(text, str):
        raise SlackError("invalid_arguments", detail="text must be a string")
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    if len(text) > MOST_TEXT:
        raise SlackError("msg_too_long")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    refuse(
        block_kit.check_message_blocks(blocks) or check_slack_files(blocks, "/blocks"),
        "invalid_blocks",
    )
    refuse(pictures_not_found(blocks, "/blocks"), "invalid_blocks")
    return text, blocks


def read_metadata(arguments: Json) -> Json | None:
    """What a message carries for apps, checked. Raises SlackError invalid_metadata_format."""
    metadata = arguments.get("metadata")
    if metadata in (None, {}):
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_payload"), dict)
        or not EVENT_TYPE.fullmatch(str(metadata.get("event_type", "")))
    ):
        raise SlackError("invalid_metadata_format")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}
