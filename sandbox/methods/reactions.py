"""reactions.*: the app's own emoji on a message, and everybody's."""

import re

from sandbox.errors import SlackError
from sandbox.messages import message_object
from sandbox.methods.arguments import required
from sandbox.methods.conversations import seen_channel
from sandbox.workspace import BOT_USER, Json, Workspace

MOST_EMOJI = 50


def reactions_add(workspace: Workspace, arguments: Json) -> Json:
    channel, message, name = _subject(workspace, arguments)
    if channel["is_archived"]:
        raise SlackError("is_archived")
    reactions = message.setdefault("reactions", {})
    if BOT_USER in reactions.get(name, []):
        raise SlackError("already_reacted")
    if name not in reactions and len(reactions) >= MOST_EMOJI:
        raise SlackError("too_many_emoji")
    reactions.setdefault(name, []).append(BOT_USER)
    workspace.changed()
    return {}


def reactions_remove(workspace: Workspace, arguments: Json) -> Json:
    channel, message, name = _subject(workspace, arguments)
    if channel["is_archived"]:
        raise SlackError("is_archived")
    users = message.get("reactions", {}).get(name, [])
    if BOT_USER not in users:
        raise SlackError("no_reaction")
    users.remove(BOT_USER)
    if not users:
        del message["reactions"][name]
    workspace.changed()
    return {}


def reactions_get(workspace: Workspace, arguments: Json) -> Json:
    channel, message = _message(workspace, arguments)
    return {"type": "message", "channel": channel["id"], "message": message_object(workspace, message)}


def _subject(workspace: Workspace, arguments: Json) -> tuple[Json, Json, str]:
    (name,) = required(arguments, "name")
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return *_message(workspace, arguments), name


def _message(workspace: Workspace, arguments: Json) -> tuple[Json, Json]:
    if not arguments.get("channel") or not arguments.get("timestamp"):
        raise SlackError("no_item_specified")
    channel = seen_channel(workspace, str(arguments["channel"]))
    if not re.fullmatch(r"\d+\.\d{6}", str(arguments["timestamp"])):
        raise SlackError("bad_timestamp")
    message = workspace.message(channel["id"], str(arguments["timestamp"]))
    if message["ephemeral_to"] is not None:
        raise SlackError("message_not_found")
    return channel, message
