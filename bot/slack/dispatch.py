"""Checks what Slack sent, over HTTP or Socket Mode, and dispatches it to Bolt."""

import json
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.text import SLACK_ID

Payload = dict[str, Any]

_MAY_HOLD_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_NO_CHARACTER = "\uffff"
"""A noncharacter that every database can store and no field accepts."""
_LONGEST = 3000
"""Characters of the longest string that listeners read: a form's private_metadata."""


class MalformedPayloadError(Exception):
    """The payload is not of a shape that Slack sends, whether signed or not."""


async def dispatch(bolt: AsyncApp, payload: Payload) -> BoltResponse:
    """Slack's payload in, the answer out once the listener is done. Raises MalformedPayloadError."""
    if not is_well_formed(payload):
        raise MalformedPayloadError
    try:
        # The body is parsed already, as in Socket Mode, so Bolt does not parse it again.
        request = AsyncBoltRequest(body=payload, mode="socket_mode")
        return await bolt.async_dispatch(request)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        # Bolt looks for ids in many places and does not check their types. An exception of a listener does
        # not come out here: Bolt passes it to its error handler.
        raise MalformedPayloadError from error


def parse_json(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Parse JSON, ``without_unstorable``. Raises ValueError or RecursionError."""
    found = json.loads(text)
    return without_unstorable(found) if _MAY_HOLD_UNSTORABLE.search(text) else found


def without_unstorable(part: Any) -> Any:  # noqa: ANN401
    """Replace NUL and lone surrogates in every string of ``part`` by a noncharacter: a form reports it at the
    field, and names and commands are read without it."""
    match part:
        case str():
            return _UNSTORABLE.sub(_NO_CHARACTER, part)
        case dict():
            return {without_unstorable(name): without_unstorable(value) for name, value in part.items()}
        case list():
            return [without_unstorable(each) for each in part]
        case _:
            return part


def is_well_formed(payload: Payload) -> bool:
    """Whether the payload has a type, and for types that Kaiku handles, the parts that listeners rely on."""
    match payload:
        case {"command": command}:
            return (
                isinstance(command, str)
                and _is_id(payload.get("user_id"))
                and _is_text(payload.get("trigger_id"))
                and _are_texts(payload, "text", "user_name")
            )
        case {"type": "event_callback"}:
            return _is_event(payload.get("event"))
        case {"type": "block_actions"}:
            view = payload.get("view")
            return (
                _is_user(payload.get("user"))
                and _is_text(payload.get("trigger_id"))
                and _are_actions(payload.get("actions"))
                and (view is None or _is_view(view))
            )
        case {"type": "view_submission"}:
            return _is_user(payload.get("user")) and _is_view(payload.get("view"))
        case _:
            return isinstance(payload.get("type"), str)


def _is_event(event: object) -> bool:
    match event:
        case {"type": "app_home_opened", "user": user}:
            return _is_id(user)
        case {"type": "user_change" | "team_join", "user": user}:
            return _is_user(user)
        case {"type": "app_home_opened" | "user_change" | "team_join"}:
            return False
        case {"type": str()}:
            return True
        case _:
            return False


def _is_user(user: object) -> bool:
    return isinstance(user, dict) and _is_id(user.get("id")) and _are_texts(user, "name")


def _are_actions(actions: object) -> bool:
    match actions:
        case [{"action_id": action_id, **action}, *_]:
            return _is_text(action_id) and _are_texts(action, "block_id", "type")
        case _:
            return False


def _is_view(view: object) -> bool:
    if not isinstance(view, dict):
        return False
    state = view.get("state") or {}
    return (
        isinstance(view.get("type"), str)
        and _are_texts(view, "id", "hash", "callback_id", "private_metadata")
        and isinstance(state, dict)
        and isinstance(state.get("values", {}), dict)
        and all(isinstance(block, dict) for block in state.get("values", {}).values())
    )


def _is_id(value: object) -> bool:
    return isinstance(value, str) and SLACK_ID.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _are_texts(parts: Mapping[Any, object], *names: str) -> bool:
    """Whether each of these values is a string or missing; Slack sends null for some missing ones."""
    return all(value is None or _is_text(value) for value in map(parts.get, names))
