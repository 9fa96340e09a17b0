"""What people do to channels and messages, and the events that the app gets.

Everybody is an administrator and may do anything. An act that would change nothing is refused.
"""

import re

from sandbox import messages
from sandbox.errors import SlackError
from sandbox.workspace import BOT_USER, TEAM, Json, Workspace

NAME = re.compile(r"[^\WA-Z]([^\WA-Z]|[-_]){0,79}")


def create_channel(workspace: Workspace, user: str, name: str, *, is_private: bool = False) -> Json:
    """A new channel with its maker in it. Raises SlackError invalid_name, name_taken, user_not_found."""
    workspace.person(user)
    _check_name(workspace, name)
    channel: Json = {
        "id": workspace.next_id("C"),
        "name": name,
        "is_im": False,
        "is_private": is_private,
        "is_archived": False,
        "members": [user],
    }
    workspace.data["channels"][channel["id"]] = channel
    workspace.changed()
    if not is_private:
        shown = {"id": channel["id"], "name": name, "created": _now(workspace), "creator": user}
        workspace.happened("channel_created", {"type": "channel_created", "channel": shown})
    return channel


def rename_channel(workspace: Workspace, user: str, channel_id: str, name: str) -> None:
    """Raises SlackError: is_archived, invalid_name, name_taken."""
    channel = _open_channel(workspace, channel_id)
    _check_name(workspace, name)
    channel.setdefault("previous_names", []).insert(0, channel["name"])
    old, channel["name"] = channel["name"], name
    messages.post(workspace, channel, user, f"renamed the channel: {old} -> {name}", subtype="channel_name")
    shown = {"id": channel_id, "name": name, "created": _now(workspace)}
    _tell(workspace, channel, "rename", {"channel": shown})


def archive_channel(workspace: Workspace, user: str, channel_id: str) -> None:
    """Archive a channel: nobody can write there. Raises SlackError already_archived."""
    channel = _channel(workspace, channel_id)
    if channel["is_archived"]:
        raise SlackError("already_archived")
    messages.post(workspace, channel, user, "archived the channel", subtype="channel_archive")
    channel["is_archived"] = True
    workspace.changed()
    _tell(workspace, channel, "archive", {"channel": channel_id, "user": user})


def unarchive_channel(workspace: Workspace, user: str, channel_id: str) -> None:
    """Raises SlackError not_archived."""
    channel = _channel(workspace, channel_id)
    if not channel["is_archived"]:
        raise SlackError("not_archived")
    channel["is_archived"] = False
    messages.post(workspace, channel, user, "un-archived the channel", subtype="channel_unarchive")
    _tell(workspace, channel, "unarchive", {"channel": channel_id, "user": user})


def invite(workspace: Workspace, user: str, channel_id: str, invited: str) -> None:
    """Bring a person, or the app, into a channel.

    Raises SlackError: is_archived, already_in_channel, user_not_found, user_disabled.
    """
    channel = _open_channel(workspace, channel_id)
    if workspace.person(invited)["deleted"]:
        raise SlackError("user_disabled")
    if invited in channel["members"]:
        raise SlackError("already_in_channel")
    channel["members"].append(invited)
    messages.post(workspace, channel, invited, f"<@{invited}> has joined the channel", subtype="channel_join")
    if BOT_USER in channel["members"]:
        joined = _membership("member_joined_channel", channel, invited)
        workspace.happened("member_joined_channel", joined | {"inviter": user})


def remove(workspace: Workspace, user: str, channel_id: str, removed: str) -> None:
    """Take a person, or the app, out of a channel. Raises SlackError not_in_channel."""
    channel = _channel(workspace, channel_id)
    if removed not in channel["members"]:
        raise SlackError("not_in_channel")
    messages.post(workspace, channel, removed, f"<@{removed}> has left the channel", subtype="channel_leave")
    if removed == BOT_USER:
        _tell(workspace, channel, "left", {"channel": channel_id, "actor_id": user})
    elif BOT_USER in channel["members"]:
        workspace.happened("member_left_channel", _membership("member_left_channel", channel, removed))
    channel["members"].remove(removed)
    workspace.changed()


def delete_message(workspace: Workspace, user: str, channel_id: str, ts: str) -> None:
    """Delete anybody's message, the app's too. Raises SlackError: message_not_found, not_in_channel."""
    channel = workspace.channel(channel_id)
    if user not in channel["members"]:
        raise SlackError("not_in_channel")
    message = workspace.message(channel_id, ts)
    if message.get("subtype") == "tombstone" or message["ephemeral_to"] not in {None, user}:
        raise SlackError("message_not_found")
    messages.delete(workspace, channel, message)


# -- inside ---------------------------------------------------------------------------------------------


def _channel(workspace: Workspace, channel_id: str) -> Json:
    channel = workspace.channel(channel_id)
    if channel["is_im"]:
        raise SlackError("method_not_supported_for_channel_type")
    return channel


def _open_channel(workspace: Workspace, channel_id: str) -> Json:
    channel = _channel(workspace, channel_id)
    if channel["is_archived"]:
        raise SlackError("is_archived")
    return channel


def _check_name(workspace: Workspace, name: str) -> None:
    if not NAME.fullmatch(name):
        raise SlackError("invalid_name")
    if any(each["name"] == name for each in workspace.data["channels"].values() if not each["is_im"]):
        raise SlackError("name_taken")


def _tell(workspace: Workspace, channel: Json, what: str, fields: Json) -> None:
    """Tell the app: about public channels always, about private ones and about leaving only if it is (or was)
    a member."""
    if BOT_USER not in channel["members"] and (channel["is_private"] or what == "left"):
        return
    name = f"{'group' if channel['is_private'] else 'channel'}_{what}"
    workspace.happened(name, {"type": name, **fields})


def _membership(kind: str, channel: Json, user: str) -> Json:
    channel_type = "G" if channel["is_private"] else "C"
    where = {"channel": channel["id"], "channel_type": channel_type, "team": TEAM}
    return {"type": kind, "user": user} | where


def _now(workspace: Workspace) -> int:
    return int(workspace.clock.now().timestamp())
