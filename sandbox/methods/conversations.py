"""conversations.*: channels and direct messages, their members and their history."""

from collections.abc import Callable

from sandbox.errors import SlackError, invalid_arguments, missing_scope
from sandbox.messages import NOT_THREADABLE, kind_of, message_object
from sandbox.methods.arguments import MOST_ON_A_PAGE, Order, flag, moment, page, required
from sandbox.workspace import BOT_USER, TEAM, Json, Workspace

PREFIXES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
"""By conversation type: what its scopes begin with."""

COMMERCIAL_PAGE = 15
"""Messages that an app gets at once which is distributed commercially outside Slack's Marketplace."""


def need_scope(workspace: Workspace, channel: Json, right: str) -> None:
    """Raises SlackError missing_scope, unless the app has this right to this kind of conversation."""
    _need(workspace, f"{PREFIXES[kind_of(channel)]}:{right}")


def seen_channel(workspace: Workspace, channel_id: str) -> Json:
    """A conversation visible to the app. Raises SlackError channel_not_found, also for a private channel that
    the app is not in."""
    channel = workspace.channel(channel_id)
    if channel["is_private"] and BOT_USER not in channel["members"]:
        raise SlackError("channel_not_found")
    return channel


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
    hide_archived = flag(arguments, "exclude_archived")
    return [
        channel
        for channel in channels
        if kind_of(channel) in types and not (hide_archived and channel["is_archived"])
    ]


def conversations_list(workspace: Workspace, arguments: Json) -> Json:
    channels = [
        channel
        for channel in workspace.data["channels"].values()
        if not channel["is_private"] or BOT_USER in channel["members"]
    ]
    found, metadata = page(of_types(workspace, channels, arguments), arguments, "team", _id_of)
    shown = [channel_object(workspace, each, with_count=True) for each in found]
    return {"channels": shown, "response_metadata": metadata}


def conversations_info(workspace: Workspace, arguments: Json) -> Json:
    channel = seen_channel(workspace, *required(arguments, "channel"))
    need_scope(workspace, channel, "read")
    shown = channel_object(workspace, channel, with_count=flag(arguments, "include_num_members"))
    locale = {"locale": "en-US"} if flag(arguments, "include_locale") else {}
    return {"channel": shown | locale}


def conversations_members(workspace: Workspace, arguments: Json) -> Json:
    channel = seen_channel(workspace, *required(arguments, "channel"))
    need_scope(workspace, channel, "read")
    found, metadata = page(present(workspace, channel), arguments, "member", str)
    return {"members": found, "response_metadata": metadata}


def conversations_open(workspace: Workspace, arguments: Json) -> Json:
    """A direct message with one person: ``users``, or ``channel`` for one that was open before."""
    if arguments.get("channel"):
        channel = seen_channel(workspace, str(arguments["channel"]))
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
    shown = channel_object(workspace, channel) if flag(arguments, "return_im") else {"id": channel["id"]}
    return {"channel": shown, **({"no_op": True, "already_open": True} if was_open else {})}


def conversations_history(workspace: Workspace, arguments: Json) -> Json:
    """Newest first; ephemeral messages are never part of it, replies only where they were broadcast."""
    channel = _readable(workspace, *required(arguments, "channel"))
    inside = _span(arguments)
    found = [
        message
        for message in reversed(workspace.data["messages"].get(channel["id"], []))
        if inside(message) and message.get("broadcast", True)
    ]
    return _messages(workspace, found, arguments, Order.DOWN)


def conversations_replies(workspace: Workspace, arguments: Json) -> Json:
    """A thread: the message that began it and its replies, oldest first; ``ts`` may be any one's of them."""
    channel_id, ts = required(arguments, "channel", "ts")
    channel = _readable(workspace, channel_id)
    messages = workspace.data["messages"].get(channel["id"], [])
    root = next((each.get("thread_ts", each["ts"]) for each in messages if each["ts"] == ts), None)
    thread = [each for each in messages if root in {each["ts"], each.get("thread_ts")}]
    if not thread or thread[0]["ephemeral_to"] or thread[0].get("subtype") in NOT_THREADABLE:
        raise SlackError("thread_not_found")
    inside = _span(arguments)
    found = [each for each in thread if each["ts"] == root or inside(each)]
    return _messages(workspace, found, arguments, Order.UP)


def _readable(workspace: Workspace, channel_id: str) -> Json:
    channel = seen_channel(workspace, channel_id)
    need_scope(workspace, channel, "history")
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    return channel


def _span(arguments: Json) -> Callable[[Json], bool]:
    """Whether a message is within the requested time and visible to everybody."""
    inclusive = flag(arguments, "inclusive")
    oldest, latest = moment(arguments, "oldest", 0), moment(arguments, "latest", float("inf"))

    def inside(message: Json) -> bool:
        at = float(message["ts"])
        is_then = oldest <= at <= latest if inclusive else oldest < at < latest
        return is_then and message["ephemeral_to"] is None

    return inside


def _messages(workspace: Workspace, found: list[Json], arguments: Json, order: Order) -> Json:
    with_metadata = flag(arguments, "include_all_metadata")
    most = COMMERCIAL_PAGE if workspace.is_commercial else MOST_ON_A_PAGE
    messages, metadata = page(
        found, arguments, "next_ts", lambda message: str(message["ts"]), order=order, most=most
    )
    return {
        "messages": [message_object(each, with_metadata=with_metadata) for each in messages],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def present(workspace: Workspace, channel: Json) -> list[str]:
    """The members whose accounts are active."""
    return [user for user in channel["members"] if not workspace.person(user)["deleted"]]


def _id_of(channel: Json) -> str:
    return str(channel["id"])


def channel_object(workspace: Workspace, channel: Json, *, with_count: bool = False) -> Json:
    """A conversation as Slack shows it."""
    is_group = channel["is_private"] and not channel["is_im"]
    shown = {
        "id": channel["id"],
        "is_channel": not channel["is_private"],
        "is_im": channel["is_im"],
        "is_mpim": False,
        "is_group": is_group,
        "is_private": channel["is_private"],
        "is_archived": channel["is_archived"],
        "context_team_id": TEAM,
    }
    if channel["is_im"]:
        return shown | {"user": next(member for member in channel["members"] if member != BOT_USER)}
    count = {"num_members": len(present(workspace, channel))} if with_count else {}
    return shown | {
        "name": channel["name"],
        "name_normalized": channel["name"],
        "is_general": False,
        "is_member": BOT_USER in channel["members"],
        "previous_names": channel.get("previous_names", []),
        **count,
    }
