"""conversations.* that change channels: making one, who is in it, its topic, its end. The app acts here; what
people do is in ``channel_acts``."""

from sandbox import channel_acts, messages
from sandbox.errors import SlackError
from sandbox.methods.arguments import flag, required
from sandbox.methods.conversations import channel_object, need_scope, seen_channel
from sandbox.workspace import BOT_USER, Json, Workspace

LONGEST_NAME = 80
LONGEST_TOPIC = 250
MOST_INVITED = 100


def conversations_create(workspace: Workspace, arguments: Json) -> Json:
    """A channel with the app in it. Raises SlackError: invalid_name_required, invalid_name_maxlength,
    invalid_name_punctuation, invalid_name_specials, name_taken, restricted_action, missing_scope."""
    name, is_private = str(arguments.get("name") or ""), flag(arguments, "is_private")
    need_scope(workspace, {"is_im": False, "is_private": is_private}, "write" if is_private else "manage")
    _need_permission(workspace, "conversations.create")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not any(each.isalnum() for each in name):
        raise SlackError("invalid_name_punctuation")
    if channel_acts.NAME.fullmatch(name) is None:
        raise SlackError("invalid_name_specials")
    made = channel_acts.create_channel(workspace, BOT_USER, name, is_private=is_private)
    return {"channel": channel_object(workspace, made)}


def conversations_invite(workspace: Workspace, arguments: Json) -> Json:
    """Invite all people or none; with ``force`` those who can be invited. Raises SlackError: no_user,
    too_many_users, not_in_channel, is_archived, and for a person user_not_found, user_disabled,
    cant_invite_self, already_in_channel, ura_max_channels."""
    channel = _writable(workspace, arguments)
    users = [each.strip() for each in str(arguments.get("users") or "").split(",") if each.strip()]
    if not users:
        raise SlackError("no_user")
    if len(users) > MOST_INVITED:
        raise SlackError("too_many_users")
    refused = {each: code for each in users if (code := _why_not(workspace, channel, each)) is not None}
    errors = [{"user": each, "ok": False, "error": code} for each, code in refused.items()]
    if refused and (len(refused) == len(users) or not flag(arguments, "force")):
        raise SlackError(next(iter(refused.values())), errors=errors)
    for each in users:
        if each not in refused:
            channel_acts.invite(workspace, BOT_USER, channel["id"], each)
    return {"channel": channel_object(workspace, channel), **({"errors": errors} if errors else {})}


def _why_not(workspace: Workspace, channel: Json, user: str) -> str | None:
    person = workspace.data["people"].get(user)
    if person is None:
        return "user_not_found"
    if user == BOT_USER:
        return "cant_invite_self"
    if person["deleted"]:
        return "user_disabled"
    if user in channel["members"]:
        return "already_in_channel"
    others = [each for each in workspace.channels_of(user) if not each["is_im"]]
    return "ura_max_channels" if person["is_ultra_restricted"] and others else None


def conversations_kick(workspace: Workspace, arguments: Json) -> Json:
    """Raises SlackError: cant_kick_self, not_in_channel, restricted_action, user_not_found."""
    channel = _writable(workspace, arguments)
    (user,) = required(arguments, "user")
    workspace.person(user)
    if user == BOT_USER:
        raise SlackError("cant_kick_self")
    _need_permission(workspace, "conversations.kick")
    channel_acts.remove(workspace, BOT_USER, channel["id"], user)
    return {"errors": {}}


def conversations_set_topic(workspace: Workspace, arguments: Json) -> Json:
    """Raises SlackError: too_long, not_in_channel, is_archived."""
    channel = _writable(workspace, arguments)
    topic = str(arguments.get("topic") or "")
    if len(topic) > LONGEST_TOPIC:
        raise SlackError("too_long")
    channel["topic"] = topic
    messages.post(workspace, channel, BOT_USER, f"set the channel topic: {topic}", subtype="channel_topic")
    return {"channel": channel_object(workspace, channel) | {"topic": {"value": topic}}}


def conversations_archive(workspace: Workspace, arguments: Json) -> Json:
    """Raises SlackError: already_archived, not_in_channel, restricted_action."""
    channel = _managed(workspace, arguments)
    _need_permission(workspace, "conversations.archive")
    channel_acts.archive_channel(workspace, BOT_USER, channel["id"])
    return {}


def _managed(workspace: Workspace, arguments: Json) -> Json:
    channel = seen_channel(workspace, *required(arguments, "channel"))
    if channel["is_im"]:
        raise SlackError("method_not_supported_for_channel_type")
    need_scope(workspace, channel, "write" if channel["is_private"] else "manage")
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    return channel


def _writable(workspace: Workspace, arguments: Json) -> Json:
    channel = _managed(workspace, arguments)
    if channel["is_archived"]:
        raise SlackError("is_archived")
    return channel


def _need_permission(workspace: Workspace, method: str) -> None:
    """Refuse a method that the workspace's owners restrict. Raises SlackError restricted_action."""
    if method in workspace.restricted:
        raise SlackError("restricted_action")
