"""Reading a call's arguments, which may come as JSON values or as the strings of a form."""

from typing import Any

from sandbox.errors import SlackError, invalid_arguments

Json = dict[str, Any]

MOST_ON_A_PAGE = 999


def required(arguments: Json, *names: str) -> list[str]:
    """The strings that the call can't do without. Raises SlackError invalid_arguments."""
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


def page(items: list[Any], arguments: Json, *, default: int = 100) -> tuple[list[Any], Json]:
    """One page of ``items``, and the ``response_metadata`` that leads to the next.

    Raises SlackError invalid_limit, invalid_cursor.
    """
    try:
        limit = int(arguments.get("limit") or default)
    except (TypeError, ValueError):
        raise SlackError("invalid_limit") from None
    if not 1 <= limit <= MOST_ON_A_PAGE + 1:
        raise SlackError("invalid_limit")
    start, kind = 0, "page:"
    if cursor := str(arguments.get("cursor") or ""):
        if not cursor.removeprefix(kind).isdigit() or not cursor.startswith(kind):
            raise SlackError("invalid_cursor")
        start = int(cursor.removeprefix(kind))
    following = start + min(limit, MOST_ON_A_PAGE)
    return items[start:following], {"next_cursor": f"{kind}{following}" if following < len(items) else ""}
