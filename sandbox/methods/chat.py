"""chat.*: messages to channels, to people and for one person's eyes."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from sandbox import block_kit
from sandbox.errors import Problem, SlackError, refuse
from sandbox.methods.arguments import required
from sandbox.methods.conversations import message_object
from sandbox.workspace import BOT_USER, Json, Workspace, with_block_ids

MOST_TEXT = 40_000
EVENT_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,255}")


def chat_post_message(workspace: Workspace, arguments: Json) -> Json:
    (channel_id,) = required(arguments, "channel")
    channel = workspace.direct_channel(channel_id) if channel_id in workspace.data["people"] else None
    channel = _open_channel(workspace, channel["id"] if channel else channel_id)
    text, blocks = read_message(arguments)
    message = workspace.add_message(
        channel["id"], BOT_USER, text, blocks=blocks, metadata=_metadata(arguments)
    )
    return {
        "channel": channel["id"],
        "ts": message["ts"],
        "message": message_object(message, with_metadata=True),
    }


def chat_post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    channel_id, user = required(arguments, "channel", "user")
    channel = _open_channel(workspace, channel_id)
    workspace.person(user)
    if user not in channel["members"]:
        raise SlackError("user_not_in_channel")
    text, blocks = read_message(arguments)
    message = workspace.add_message(channel["id"], BOT_USER, text, blocks=blocks, ephemeral_to=user)
    return {"message_ts": message["ts"]}


def chat_update(workspace: Workspace, arguments: Json) -> Json:
    """Text without blocks takes the blocks away; the metadata stays unless it is given anew."""
    channel_id, ts = required(arguments, "channel", "ts")
    message = _message(workspace, channel_id, ts)
    if not message["bot"]:
        raise SlackError("cant_update_message")
    channel = workspace.channel(channel_id)
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    if channel["is_archived"]:
        raise SlackError("is_inactive")
    text, blocks = read_message(arguments)
    message.update(text=text, blocks=with_block_ids(blocks), edited=True)
    if "metadata" in arguments:
        message["metadata"] = _metadata(arguments)
    workspace.changed()
    return {"channel": channel_id, "ts": ts, "text": text, "message": message_object(message)}


def chat_delete(workspace: Workspace, arguments: Json) -> Json:
    channel_id, ts = required(arguments, "channel", "ts")
    message = _message(workspace, channel_id, ts)
    if not message["bot"]:
        raise SlackError("cant_delete_message")
    workspace.data["messages"][channel_id].remove(message)
    workspace.changed()
    return {"channel": channel_id, "ts": ts}


def _open_channel(workspace: Workspace, channel_id: str) -> Json:
    """A conversation that the app may write to."""
    channel = workspace.channel(channel_id)
    if channel["is_im"]:
        for member in channel["members"]:
            if workspace.person(member)["deleted"]:
                raise SlackError("user_disabled")
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    return channel


def _message(workspace: Workspace, channel_id: str, ts: str) -> Json:
    message = workspace.message(workspace.channel(channel_id)["id"], ts)
    if message["ephemeral_to"] is not None:
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
    refuse(block_kit.check_message_blocks(blocks), "invalid_blocks")
    refuse([*_pictures_not_found(blocks)], "invalid_blocks")
    return text, blocks


def _pictures_not_found(blocks: list[Json]) -> Iterator[Problem]:
    """Slack fetches every picture; here no address is asked, but those under ``.invalid`` are nowhere."""
    for n, block in enumerate(blocks):
        host = urlsplit(block.get("image_url") or "").hostname or ""
        if block["type"] == "image" and host.endswith(".invalid"):
            yield Problem(f"/blocks/{n}/image_url", "downloading image failed")


def _metadata(arguments: Json) -> Json | None:
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
