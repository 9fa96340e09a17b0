"""Slack's Web API as the app calls it: GET or POST, form or JSON, Slack's answers and Slack's refusals."""

import asyncio
import time

import msgspec
from aiohttp import web

from sandbox.errors import SlackError, missing_scope
from sandbox.faults import Fault
from sandbox.methods import METHODS, Method
from sandbox.workspace import TEAM, Json, Workspace

JSON_FIELDS = {
    "blocks": "invalid_blocks_format",
    "view": "invalid_arguments",
    "metadata": "invalid_metadata_format",
}
"""Arguments that a form carries as JSON, and how Slack refuses what isn't."""


HISTORIES = {"conversations.history", "conversations.replies"}
WITHOUT_TOKEN = {"api.test", "oauth.v2.access"}


async def answer(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    """One call: refused as Slack refuses, failed as the ordered fault says, noted in the log."""
    began = time.monotonic()
    name = request.match_info["method"]
    arguments: Json = {}
    token: str | None = None
    headers: dict[str, str] = {}
    fault = workspace.next_fault(name)
    try:
        if fault is not None and fault.fault == "rate_limited":
            raise SlackError("ratelimited", retry_after=fault.retry_after)
        if fault is not None and fault.fault in {"http_500_before", "drop_before", "junk_before"}:
            raise SlackError(fault.fault)
        arguments = await _read_arguments(request)
        token = arguments.pop("token", None)
        if fault is not None and fault.fault == "slow_accept":
            await asyncio.sleep(_slowness(workspace, fault))
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        _authorize(workspace, name, method, token)
        _need_team(workspace, method, arguments)
        _keep_pace(workspace, name, method, arguments)
        result = {"ok": True, **method.call(workspace, arguments)}
    except SlackError as error:
        if error.code == "ratelimited":
            headers["Retry-After"] = str(error.fields.pop("retry_after"))
        result = {"ok": False, "error": error.code, **error.fields}
    workspace.note(
        {
            "direction": "from_app", "what": name, "ok": result["ok"], "error": result.get("error"),
            "ms": int((time.monotonic() - began) * 1000), "request": arguments, "response": result,
        }
    )  # fmt: skip
    if fault is not None and fault.fault == "slow_answer":
        await asyncio.sleep(_slowness(workspace, fault))
    if fault is not None and fault.fault in {"http_500_before", "http_500_after"}:
        return web.Response(status=500, text="upstream connect error")
    if fault is not None and fault.fault in {"drop_before", "drop_after"} and request.transport is not None:
        request.transport.abort()
    if fault is not None and fault.fault in {"junk_before", "junk_after"}:
        return web.Response(body=fault.junk, content_type=fault.content_type)
    status = 429 if headers else 200
    if token in {workspace.bot_token, workspace.earlier_token[0]}:
        headers["X-OAuth-Scopes"] = ",".join(sorted(workspace.manifest.scopes))
    written = msgspec.json.encode(result)
    return web.Response(body=written, content_type="application/json", status=status, headers=headers)


def _slowness(workspace: Workspace, fault: Fault) -> float:
    return workspace.slow_seconds if fault.seconds is None else fault.seconds


async def _read_arguments(request: web.Request) -> Json:
    """A call's arguments, wherever slack_sdk put them; the token among them, from the header too."""
    arguments: Json = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            arguments |= _json_object(await request.read())
        elif request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
            form = await request.post()
            arguments |= {name: value for name, value in form.items() if isinstance(value, str)}
        elif request.can_read_body:
            raise SlackError("invalid_form_data")
    for name in JSON_FIELDS.keys() & arguments.keys():
        if isinstance(arguments[name], str):
            try:
                arguments[name] = msgspec.json.decode(arguments[name])
            except (ValueError, RecursionError):
                raise SlackError(JSON_FIELDS[name]) from None
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        arguments["token"] = token.strip()
    return arguments


def _json_object(body: bytes) -> Json:
    try:
        given = msgspec.json.decode(body) if body else {}
    except (ValueError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(given, dict):
        raise SlackError("json_not_object")
    return given


def _authorize(workspace: Workspace, name: str, method: Method, token: str | None) -> None:
    if name in WITHOUT_TOKEN:
        return
    if not token:
        raise SlackError("not_authed")
    earlier, earlier_ends_at = workspace.earlier_token
    ends_at = {workspace.bot_token: workspace.token_ends_at, earlier: earlier_ends_at}.get(token)
    if ends_at is not None and workspace.clock.now() >= ends_at:
        raise SlackError("token_expired")
    scopes_of = {
        earlier: ("bot", workspace.manifest.scopes),
        workspace.bot_token: ("bot", workspace.manifest.scopes),
        workspace.app_token: ("app", workspace.app_scopes),
    }
    if token not in scopes_of:
        raise SlackError("invalid_auth")
    kind, scopes = scopes_of[token]
    if kind == "bot" and workspace.token_refused is not None:
        raise SlackError(workspace.token_refused)
    if kind != method.opened_by:
        raise SlackError("not_allowed_token_type")
    if method.scopes and not scopes.intersection(method.scopes):
        raise missing_scope(scopes, *method.scopes)


def _need_team(workspace: Workspace, method: Method, arguments: Json) -> None:
    """Raises SlackError missing_argument, team_access_not_granted. Slack ignores it of an app of one
    workspace."""
    if workspace.is_org_wide and method.in_a_team:
        team = arguments.get("team_id")
        if not team:
            raise SlackError("missing_argument", arg="team_id")
        if team != TEAM:
            raise SlackError("team_access_not_granted")


def _keep_pace(workspace: Workspace, name: str, method: Method, arguments: Json) -> None:
    a_minute = method.a_minute
    if workspace.is_commercial and name in HISTORIES:
        a_minute = 1
    elif not workspace.limits:
        return
    channel = str(arguments.get("channel", "")) if name == "chat.postMessage" else None
    if channel is not None and channel.startswith("U"):
        channel = f"D{channel[1:]}"
    wait = workspace.pace.seconds_to_wait(name, a_minute, workspace.clock.now(), channel)
    if wait:
        raise SlackError("ratelimited", retry_after=wait)
