"""``response_url``: five answers in half an hour, for the asker's eyes unless they say otherwise."""

import json

from aiohttp import web

from sandbox import messages
from sandbox.claims import ResponseAddress
from sandbox.errors import SlackError
from sandbox.methods.arguments import flag
from sandbox.methods.chat import read_message
from sandbox.workspace import BOT_USER, Json, Workspace

REFUSED_STATUS = {"used_url": 404, "expired_url": 404}


async def answer_later(workspace: Workspace, request: web.Request) -> web.Response:
    """Take one answer and note it in the log. Returns "ok" or Slack's error."""
    given: object = None
    error: SlackError | None = None
    try:
        given = _payload(await request.read())
        _answer(workspace, workspace.claims.use_response_address(request.match_info["secret"]), given)
    except SlackError as refusal:
        error = refusal
    workspace.note(
        {
            "direction": "from_app", "what": "response_url", "ok": error is None,
            "error": error.code if error else None, "ms": 0, "request": given,
            "response": {"ok": False, "error": error.code, **error.fields} if error else "ok",
        }
    )  # fmt: skip
    if error is None:
        return web.Response(text="ok")
    answer = {"ok": False, "error": error.code, **error.fields}
    return web.json_response(answer, status=REFUSED_STATUS.get(error.code, 400))


def _payload(body: bytes) -> Json:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise SlackError("invalid_payload") from None
    if not isinstance(given, dict):
        raise SlackError("invalid_payload")
    return given


def _answer(workspace: Workspace, address: ResponseAddress, given: Json) -> None:
    channel = workspace.channel(address.channel)
    if channel["is_archived"]:
        raise SlackError("is_archived")
    known = workspace.data["messages"].get(address.channel, [])
    original = next((each for each in known if each["ts"] == address.message_ts), None)
    if flag(given, "delete_original"):
        if original is None:
            raise SlackError("message_not_found")
        messages.delete(workspace, channel, original)
        return
    kind = given.get("response_type", "ephemeral")
    if kind not in {"ephemeral", "in_channel"}:
        raise SlackError("invalid_response_type")
    text, blocks = read_message(given)
    if flag(given, "replace_original") and original is not None:
        messages.change(workspace, channel, original, text, blocks)
    elif kind == "in_channel":
        messages.post(workspace, channel, BOT_USER, text, blocks=blocks)
    else:
        workspace.add_message(address.channel, BOT_USER, text, blocks=blocks, ephemeral_to=address.user)
