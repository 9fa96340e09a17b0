"""conversations.*: channels and direct messages, their members and their history."""

from sandbox.errors import SlackError, invalid_arguments, missing_scope
from sandbox.methods.arguments import flag, moment, page, required
from sandbox.workspace import APP_ID, BOT_ID, BOT_USER, TEAM, Json, Workspace

PREFIXES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
"""By conversation type: what its scopes begin with."""


def need_scope(workspace: Workspace, channel: Json, right: str) -> None:
    """Raises SlackError missing_scope, unless the app has this right to this kind of conversation."""
    _need(workspace, f"{'im' if channel['is_im'] else 'channels'}:{right}")


def _need(workspace: Workspace, scope: str) -> None:
    if scope not in workspace.manifest.scopes:
        raise missing_scope(workspace.manifest.scopes, scope)


def of_types(workspace: Workspace, channels: list[Json], arguments: Json) -> list[Json]:
    """The conversations of the types asked for. Raises SlackError invalid_types, missing_scope."""
    types = [each.strip() for each in str(arguments.get("types") or "public_channel").split(",")]
    if unknown := set(types) - PREFIXES.keys():
        raise SlackError("invalid_types", detail=", ".join(sorted(unknown)))
    for each in types:
        _need(workspace, f"{PREFIXES[each]}:read")
    wanted = {is_im for is_im, name in ((True, "im"), (False, "public_channel")) if name in types}
    hide_archived = flag(arguments, "exclude_archived")
    return [
        channel
        for channel in channels
        if channel["is_im"] in wanted and not (hide_archived and channel["is_archived"])
    ]


def conversations_list(workspace: Workspace, arguments: Json) -> Json:
    channels = [
        channel
        for channel in workspace.data["channels"].values()
        if not channel["is_im"] or BOT_USER in channel["members"]
    ]
    found, metadata = page(of_types(workspace, channels, arguments), arguments)
    return {"channels": [channel_object(each) for each in found], "response_metadata": metadata}


def conversations_info(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.channel(*required(arguments, "channel"))
    need_scope(workspace, channel, "read")
    members = {"num_members": len(channel["members"])} if flag(arguments, "include_num_members") else {}
    return {"channel": channel_object(channel) | members}


def conversations_members(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.channel(*required(arguments, "channel"))
    need_scope(workspace, channel, "read")
    found, metadata = page(channel["members"], arguments)
    return {"members": found, "response_metadata": metadata}


def conversations_open(workspace: Workspace, arguments: Json) -> Json:
    """A direct message with one person: ``users``, or ``channel`` for one that was open before."""
    if arguments.get("channel"):
        channel = workspace.channel(str(arguments["channel"]))
        if not channel["is_im"]:
            raise SlackError("method_not_supported_for_channel_type")
        user = next(member for member in channel["members"] if member != BOT_USER)
    else:
        users = arguments.get("users")
        named = users if isinstance(users, list) else [each for each in str(users or "").split(",") if each]
        if not named:
            raise SlackError("users_list_not_supplied")
        if len(named) > 1:
            _need(workspace, "mpim:write")
            raise invalid_arguments("the local workspace has no direct messages of several people")
        user = str(named[0]).strip()
    _need(workspace, "im:write")
    was_open = f"D{user[1:]}" in workspace.data["channels"]
    channel = workspace.direct_channel(user)
    shown = channel_object(channel) if flag(arguments, "return_im") else {"id": channel["id"]}
    return {"channel": shown, **({"no_op": True, "already_open": True} if was_open else {})}


def conversations_history(workspace: Workspace, arguments: Json) -> Json:
    """Newest first; ephemeral messages are never part of it."""
    channel = workspace.channel(*required(arguments, "channel"))
    need_scope(workspace, channel, "history")
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    with_metadata, inclusive = flag(arguments, "include_all_metadata"), flag(arguments, "inclusive")
    oldest, latest = moment(arguments, "oldest", 0), moment(arguments, "latest", float("inf"))
    found = []
    for message in reversed(workspace.data["messages"].get(channel["id"], [])):
        at = float(message["ts"])
        inside = oldest <= at <= latest if inclusive else oldest < at < latest
        if inside and message["ephemeral_to"] is None:
            found.append(message_object(message, with_metadata=with_metadata))
    messages, metadata = page(found, arguments)
    return {"messages": messages, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


def channel_object(channel: Json) -> Json:
    """A conversation as Slack shows it."""
    shown = {
        "id": channel["id"],
        "is_channel": not channel["is_im"],
        "is_im": channel["is_im"],
        "is_mpim": False,
        "is_group": False,
        "is_private": channel["is_im"],
        "is_archived": channel["is_archived"],
        "context_team_id": TEAM,
    }
    if channel["is_im"]:
        return shown | {"user": next(member for member in channel["members"] if member != BOT_USER)}
    return shown | {
        "name": channel["name"],
        "name_normalized": channel["name"],
        "is_general": False,
        "is_member": BOT_USER in channel["members"],
        "num_members": len(channel["members"]),
    }


def message_object(message: Json, *, with_metadata: bool = False) -> Json:
    """A message as Slack shows it in history, answers and payloads."""
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
    if with_metadata and message["metadata"]:
        shown["metadata"] = message["metadata"]
    return shown
