"""Reading a call's arguments, which may come as JSON values or as the strings of a form."""

import base64
import binascii
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from sandbox.errors import SlackError, invalid_arguments

Json = dict[str, Any]

MOST_ON_A_PAGE = 999
USUAL_ON_A_PAGE = 100


def required(arguments: Json, *names: str) -> list[str]:
    """The required strings of the call. Raises SlackError invalid_arguments."""
    missing = [name for name in names if not arguments.get(name)]
    if missing:
        raise invalid_arguments(f"missing required field: {', '.join(missing)}")
    for name in names:
        if not isinstance(arguments[name], str):
            raise invalid_arguments(f"must be a string [json-pointer:/{name}]")
    return [arguments[name] for name in names]


def flag(arguments: Json, name: str, *, default: bool = False) -> bool:
    """A boolean, as a form or JSON carries it."""
    value = arguments.get(name)
    return default if value is None else str(value).lower() in {"1", "true"}


def moment(arguments: Json, name: str, default: float) -> float:
    """A message's time stamp, as a number. Raises SlackError invalid_ts_oldest or invalid_ts_latest."""
    try:
        return float(arguments.get(name) or default)
    except (TypeError, ValueError):
        raise SlackError(f"invalid_ts_{name}") from None


class Order(Enum):
    """The order of a list's items, by their keys."""

    NONE = 0
    UP = 1
    DOWN = -1


T = TypeVar("T")


def page(
    items: list[T],
    arguments: Json,
    kind: str,
    key_of: Callable[[T], str],
    *,
    order: Order = Order.NONE,
    most: int = MOST_ON_A_PAGE,
) -> tuple[list[T], Json]:
    """One page of ``items``, at most ``most``, and the ``response_metadata`` that leads to the next. A cursor
    names the item that comes next, so that nothing is missed or shown twice when others come and go between
    two pages; where items have an ``order`` that item may go too.

    Raises SlackError invalid_limit, invalid_cursor.
    """
    try:
        limit = int(arguments.get("limit") or USUAL_ON_A_PAGE)
    except (TypeError, ValueError):
        raise SlackError("invalid_limit") from None
    if not 1 <= limit <= MOST_ON_A_PAGE + 1:
        raise SlackError("invalid_limit")
    keys, start = [key_of(item) for item in items], 0
    if cursor := str(arguments.get("cursor") or ""):
        start = _place(keys, _key_in(cursor, kind), order)
    following = start + min(limit, most)
    there_is_more = following < len(items)
    cursor = base64.b64encode(f"{kind}:{keys[following]}".encode()).decode() if there_is_more else ""
    return items[start:following], {"next_cursor": cursor}


def _key_in(cursor: str, kind: str) -> str:
    """The key that a cursor of this kind of list names. Raises SlackError invalid_cursor."""
    try:
        found, _, key = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise SlackError("invalid_cursor") from None
    if found != kind:
        raise SlackError("invalid_cursor")
    return key


def _place(keys: list[str], key: str, order: Order) -> int:
    if key in keys:
        return keys.index(key)
    if order is Order.NONE:
        raise SlackError("invalid_cursor")
    try:
        wanted = float(key)
    except ValueError:
        raise SlackError("invalid_cursor") from None
    return sum(float(each) * order.value < wanted * order.value for each in keys)
