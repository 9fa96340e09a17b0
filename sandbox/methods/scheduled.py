"""chat.scheduleMessage and its like: what waits, how long and how much of it may, and taking it back."""

from datetime import timedelta

from sandbox.errors import SlackError, invalid_arguments
from sandbox.methods.arguments import flag, moment, page, required
from sandbox.methods.chat import open_channel, read_message, read_metadata
from sandbox.methods.conversations import seen_channel
from sandbox.workspace import BOT_ID, BOT_USER, Json, Workspace

MOST_AHEAD = timedelta(days=120).total_seconds()
WINDOW = timedelta(minutes=5).total_seconds()
MOST_IN_WINDOW = 30
TOO_LATE_TO_DELETE = timedelta(seconds=60).total_seconds()


def chat_schedule_message(workspace: Workspace, arguments: Json) -> Json:
    (channel_id,) = required(arguments, "channel")
    is_person = channel_id in workspace.data["people"]
    channel = open_channel(workspace, workspace.direct_channel(channel_id)["id"] if is_person else channel_id)
    now = workspace.clock.now().timestamp()
    post_at = _post_at(arguments, now)
    text, blocks = read_message(workspace, arguments)
    metadata = read_metadata(arguments)
    waiting: list[Json] = workspace.data["scheduled"]
    in_channel = [each["post_at"] for each in waiting if each["channel"] == channel["id"]]
    if _most_in_a_window([*in_channel, post_at], around=post_at) > MOST_IN_WINDOW:
        raise SlackError("restricted_too_many")
    scheduled = {
        "id": workspace.next_id("Q"),
        "channel": channel["id"],
        "post_at": post_at,
        "date_created": int(now),
        "text": text,
        "blocks": blocks,
        "has_metadata": metadata is not None,
        "thread_ts": arguments.get("thread_ts") or None,
        "broadcast": flag(arguments, "reply_broadcast"),
    }
    waiting.append(scheduled)
    workspace.changed()
    message = {"type": "delayed_message", "user": BOT_USER, "bot_id": BOT_ID, "text": text, "blocks": blocks}
    return {
        "channel": channel["id"],
        "scheduled_message_id": scheduled["id"],
        "post_at": post_at,
        "message": message,
    }


def chat_delete_scheduled_message(workspace: Workspace, arguments: Json) -> Json:
    """What is posted within a minute can't be taken back any more."""
    channel_id, scheduled_id = required(arguments, "channel", "scheduled_message_id")
    channel = seen_channel(workspace, channel_id)
    latest = workspace.clock.now().timestamp() + TOO_LATE_TO_DELETE
    for each in workspace.data["scheduled"]:
        if each["id"] == scheduled_id and each["channel"] == channel["id"] and each["post_at"] > latest:
            workspace.data["scheduled"].remove(each)
            workspace.changed()
            return {}
    raise SlackError("invalid_scheduled_message_id")


def chat_scheduled_messages_list(workspace: Workspace, arguments: Json) -> Json:
    channel_id = arguments.get("channel")
    if channel_id and channel_id not in workspace.data["channels"]:
        raise SlackError("invalid_channel")
    oldest, latest = moment(arguments, "oldest", 0.0), moment(arguments, "latest", float("inf"))
    found = [
        each
        for each in workspace.data["scheduled"]
        if (not channel_id or each["channel"] == channel_id) and oldest <= each["post_at"] <= latest
    ]
    shown, more = page(found, arguments, "scheduled", lambda each: str(each["id"]))
    listed = [
        {
            "id": each["id"],
            "channel_id": each["channel"],
            "post_at": each["post_at"],
            "date_created": each["date_created"],
            "text": each["text"],
        }
        for each in shown
    ]
    return {"scheduled_messages": listed, "response_metadata": more}


def _post_at(arguments: Json, now: float) -> int:
    """Seconds since 1970, ahead of now and at most 120 days. Raises SlackError."""
    if not arguments.get("post_at"):
        raise invalid_arguments("missing required field: post_at")
    try:
        post_at = int(arguments["post_at"])
    except (TypeError, ValueError):
        raise SlackError("invalid_time") from None
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + MOST_AHEAD:
        raise SlackError("time_too_far")
    return post_at


def _most_in_a_window(times: list[int], *, around: int) -> int:
    """The most of ``times`` that lie in one window of five minutes with ``around``."""
    starts = [each for each in times if each <= around < each + WINDOW]
    return max(sum(start <= each < start + WINDOW for each in times) for start in starts)
