"""Slack's Web API as the app calls it: GET or POST, form or JSON, Slack's answers and Slack's refusals."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox import block_kit
from sandbox.profiles import user_object
from sandbox.views import View, find_view, open_view, push_view, show_home, update_view
from sandbox.workspace import APP_ID, BOT_ID, BOT_USER, TEAM, Json, SlackError, Workspace

Method = Callable[[Workspace, Json], Json]

SCOPES: dict[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.delete": ("chat:write",),
    "conversations.open": ("im:write", "mpim:write", "channels:manage"),
    "conversations.history": ("channels:history", "im:history", "groups:history"),
    "conversations.info": ("channels:read", "im:read", "groups:read"),
    "conversations.list": ("channels:read", "im:read", "groups:read"),
    "conversations.members": ("channels:read", "im:read", "groups:read"),
    "users.conversations": ("channels:read", "im:read", "groups:read"),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
}
"""Any one of these scopes opens the method; methods not named need none."""

JSON_FIELDS = {"blocks", "view", "metadata", "attachments"}


async def read_arguments(request: web.Request) -> Json:
    """A call's arguments, wherever slack_sdk put them."""
    arguments: Json = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            arguments |= await request.json()
        else:
            arguments |= {
                name: value for name, value in (await request.post()).items() if isinstance(value, str)
            }
    for name in JSON_FIELDS & arguments.keys():
        if isinstance(arguments[name], str):
            try:
                arguments[name] = json.loads(arguments[name])
            except ValueError:
                raise SlackError("invalid_json" if name != "blocks" else "invalid_blocks_format") from None
    return arguments


async def answer(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    """One call: refused as Slack refuses, failed as the ordered fault says, noted in the log."""
    method = request.match_info["method"]
    fault = workspace.next_fault(method)
    if fault is not None and fault.fault == "rate_limited":
        _note(workspace, method, {}, {"ok": False, "error": "ratelimited"})
        headers = {"Retry-After": str(fault.retry_after)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    if fault is not None and fault.fault == "http_500_before":
        _note(workspace, method, {}, {"ok": False, "error": "http_500_before"})
        return web.Response(status=500, text="upstream connect error")
    arguments: Json = {}
    try:
        arguments = await read_arguments(request)
        if fault is not None and fault.fault == "slow_accept":
            await asyncio.sleep(workspace.slow_seconds)
        _authorize(workspace, method, request, arguments)
        result = {"ok": True, **METHODS[method](workspace, arguments)}
    except SlackError as error:
        result = {"ok": False, "error": error.code, **error.fields}
    _note(workspace, method, arguments, result)
    if fault is not None and fault.fault == "slow_answer":
        await asyncio.sleep(workspace.slow_seconds)
    if fault is not None and fault.fault == "http_500_after":
        return web.Response(status=500, text="upstream connect error")
    if fault is not None and fault.fault == "drop_after" and request.transport is not None:
        request.transport.close()
        await asyncio.sleep(0)
    return web.json_response(result)


def _note(workspace: Workspace, method: str, arguments: Json, result: Json) -> None:
    shown = {name: value for name, value in arguments.items() if name != "token"}
    workspace.note(
        {
            "direction": "from_app",
            "what": method,
            "ok": result["ok"],
            "error": result.get("error"),
            "request": shown,
            "response": result,
        }
    )


def _authorize(workspace: Workspace, method: str, request: web.Request, arguments: Json) -> None:
    token = arguments.pop("token", None) or request.headers.get("Authorization", "").removeprefix("Bearer ")
    if method not in METHODS:
        raise SlackError("unknown_method", req_method=method)
    if method == "api.test":
        return
    if not token:
        raise SlackError("not_authed")
    if token != workspace.bot_token:
        raise SlackError("invalid_auth")
    needed = SCOPES.get(method, ())
    if needed and not workspace.manifest.scopes.intersection(needed):
        provided = ",".join(sorted(workspace.manifest.scopes))
        raise SlackError("missing_scope", needed=needed[0], provided=provided)


def _required(arguments: Json, *names: str) -> list[Any]:
    missing = [name for name in names if not arguments.get(name)]
    if missing:
        raise SlackError(
            "invalid_arguments",
            response_metadata={"messages": [f"[ERROR] missing required field: {name}" for name in missing]},
        )
    return [arguments[name] for name in names]


def refuse_problems(problems: list[block_kit.Problem], code: str) -> None:
    """Raise SlackError with what the validator found."""
    if problems:
        messages = [f"[ERROR] {problem.message} [json-pointer:{problem.pointer}]" for problem in problems]
        raise SlackError(code, response_metadata={"messages": messages}, errors=messages)


# -- auth, users ------------------------------------------------------------------------------------


def api_test(_: Workspace, arguments: Json) -> Json:
    return {"args": arguments}


def auth_test(workspace: Workspace, _: Json) -> Json:
    return {
        "url": "http://local.workspace/",
        "team": workspace.first.get("team", "Valtion yhteinen Slack"),
        "team_id": TEAM,
        "user": workspace.manifest.bot_name,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "is_enterprise_install": False,
    }


def users_info(workspace: Workspace, arguments: Json) -> Json:
    (user,) = _required(arguments, "user")
    with_locale = str(arguments.get("include_locale", "")).lower() in {"1", "true"}
    return {"user": user_object(workspace.person(user), with_locale=with_locale)}


def users_list(workspace: Workspace, arguments: Json) -> Json:
    people = [user_object(person) for person in workspace.data["people"].values()]
    page, cursor = _page(people, arguments)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


# -- conversations ------------------------------------------------------------------------------------


def conversations_open(workspace: Workspace, arguments: Json) -> Json:
    (users,) = _required(arguments, "users")
    return {"channel": {"id": workspace.direct_channel(users.split(",")[0])["id"]}}


def conversations_history(workspace: Workspace, arguments: Json) -> Json:
    (channel_id,) = _required(arguments, "channel")
    channel = _member_channel(workspace, channel_id)
    with_metadata = str(arguments.get("include_all_metadata", "")).lower() in {"1", "true"}
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    found = [
        _message_object(message, with_metadata=with_metadata)
        for message in reversed(workspace.data["messages"].get(channel["id"], []))
        if message["ephemeral_to"] is None and oldest < float(message["ts"]) <= latest
    ]
    page, cursor = _page(found, arguments)
    return {"messages": page, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def conversations_info(workspace: Workspace, arguments: Json) -> Json:
    (channel_id,) = _required(arguments, "channel")
    return {"channel": _channel_object(workspace.channel(channel_id))}


def conversations_list(workspace: Workspace, arguments: Json) -> Json:
    channels = [
        _channel_object(channel) for channel in workspace.data["channels"].values() if not channel["is_im"]
    ]
    page, cursor = _page(channels, arguments)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def users_conversations(workspace: Workspace, arguments: Json) -> Json:
    channels = workspace.channels_of(arguments.get("user") or BOT_USER)
    page, cursor = _page([_channel_object(channel) for channel in channels], arguments)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def conversations_members(workspace: Workspace, arguments: Json) -> Json:
    (channel_id,) = _required(arguments, "channel")
    page, cursor = _page(workspace.channel(channel_id)["members"], arguments)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def _channel_object(channel: Json) -> Json:
    return {
        "id": channel["id"],
        "name": channel["name"],
        "is_channel": not channel["is_im"],
        "is_im": channel["is_im"],
        "is_archived": channel["is_archived"],
        "is_member": BOT_USER in channel["members"],
        "num_members": len(channel["members"]),
    }


def _member_channel(workspace: Workspace, channel_id: str) -> Json:
    if channel_id.startswith("U"):
        return workspace.direct_channel(channel_id)
    channel = workspace.channel(channel_id)
    if BOT_USER not in channel["members"]:
        raise SlackError("not_in_channel")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    return channel


def _page(items: list[Any], arguments: Json) -> tuple[list[Any], str]:
    start, limit = int(arguments.get("cursor") or 0), min(int(arguments.get("limit") or 100), 999)
    following = start + limit
    return items[start:following], str(following) if following < len(items) else ""


# -- messages -------------------------------------------------------------------------------------------


def chat_post_message(workspace: Workspace, arguments: Json) -> Json:
    (channel_id,) = _required(arguments, "channel")
    channel = _member_channel(workspace, channel_id)
    text, blocks = read_message(arguments)
    message = workspace.add_message(
        channel["id"], BOT_USER, text, blocks=blocks, metadata=arguments.get("metadata")
    )
    return {
        "channel": channel["id"],
        "ts": message["ts"],
        "message": _message_object(message, with_metadata=True),
    }


def chat_post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    channel_id, user = _required(arguments, "channel", "user")
    channel = _member_channel(workspace, channel_id)
    if user not in channel["members"]:
        raise SlackError("user_not_in_channel")
    text, blocks = read_message(arguments)
    message = workspace.add_message(channel["id"], BOT_USER, text, blocks=blocks, ephemeral_to=user)
    return {"message_ts": message["ts"]}


def chat_update(workspace: Workspace, arguments: Json) -> Json:
    channel_id, ts = _required(arguments, "channel", "ts")
    message = workspace.message(_member_channel(workspace, channel_id)["id"], ts)
    if not message["bot"] or message["ephemeral_to"] is not None:
        raise SlackError("cant_update_message")
    text, blocks = read_message(arguments)
    message.update(text=text, blocks=blocks or [], edited=True)
    workspace.changed()
    return {"channel": channel_id, "ts": ts, "text": text, "message": _message_object(message)}


def chat_delete(workspace: Workspace, arguments: Json) -> Json:
    channel_id, ts = _required(arguments, "channel", "ts")
    message = workspace.message(_member_channel(workspace, channel_id)["id"], ts)
    if not message["bot"]:
        raise SlackError("cant_delete_message")
    workspace.data["messages"][channel_id].remove(message)
    workspace.changed()
    return {"channel": channel_id, "ts": ts}


def read_message(arguments: Json) -> tuple[str, list[Json]]:
    """Text and blocks of a message, checked. Raises SlackError as Slack does."""
    text, blocks = arguments.get("text") or "", arguments.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > 40_000:
        raise SlackError("msg_too_long")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    refuse_problems(block_kit.check_message_blocks(blocks), "invalid_blocks")
    return text, blocks


def _message_object(message: Json, *, with_metadata: bool = False) -> Json:
    shown = {
        "type": "message",
        "user": message["user"],
        "ts": message["ts"],
        "text": message["text"],
        "blocks": message["blocks"],
    }
    if message["bot"]:
        shown |= {"bot_id": BOT_ID, "app_id": APP_ID}
    if with_metadata and message.get("metadata"):
        shown["metadata"] = message["metadata"]
    return shown


# -- views ------------------------------------------------------------------------------------------------


def views_open(workspace: Workspace, arguments: Json) -> Json:
    trigger_id, view = _required(arguments, "trigger_id", "view")
    return _view_answer(open_view(workspace, workspace.use_trigger(trigger_id), _checked(view)))


def views_push(workspace: Workspace, arguments: Json) -> Json:
    trigger_id, view = _required(arguments, "trigger_id", "view")
    return _view_answer(push_view(workspace, workspace.use_trigger(trigger_id), _checked(view)))


def views_update(workspace: Workspace, arguments: Json) -> Json:
    (view,) = _required(arguments, "view")
    user, old = find_view(workspace, arguments.get("view_id"), arguments.get("external_id"))
    if arguments.get("hash") not in {None, "", old["hash"]}:
        raise SlackError("hash_conflict")
    return _view_answer(update_view(workspace, user, old, _checked(view)))


def views_publish(workspace: Workspace, arguments: Json) -> Json:
    user, view = _required(arguments, "user_id", "view")
    if not workspace.manifest.home_tab:
        raise SlackError("not_enabled")
    if view.get("type") != "home":
        raise SlackError("invalid_arguments")
    return _view_answer(show_home(workspace, user, _checked(view), arguments.get("hash")))


def _checked(view: Json) -> Json:
    refuse_problems(block_kit.check_view(view), "invalid_arguments")
    return view


def _view_answer(view: View) -> Json:
    return {"view": view}


METHODS: dict[str, Method] = {
    "api.test": api_test,
    "auth.test": auth_test,
    "chat.delete": chat_delete,
    "chat.postEphemeral": chat_post_ephemeral,
    "chat.postMessage": chat_post_message,
    "chat.update": chat_update,
    "conversations.history": conversations_history,
    "conversations.info": conversations_info,
    "conversations.list": conversations_list,
    "conversations.members": conversations_members,
    "conversations.open": conversations_open,
    "users.conversations": users_conversations,
    "users.info": users_info,
    "users.list": users_list,
    "views.open": views_open,
    "views.publish": views_publish,
    "views.push": views_push,
    "views.update": views_update,
}
