"""The small checks that a description of Block Kit is put together from.

A check looks at one JSON value, and adds to a list what Slack would refuse in it and where.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from sandbox.errors import Problem

Json = Any
Found = list[Problem]
Check = Callable[[Json, str, Found], None]
Fields = dict[str, tuple[Check, bool]]
"""By field name: its check, and whether the field must be there."""


def must(check: Check) -> tuple[Check, bool]:
    """A field that must be there."""
    return check, True


def may(check: Check) -> tuple[Check, bool]:
    """A field that may be left out."""
    return check, False


def anything(_value: Json, _at: str, _found: Found) -> None:
    """Checked elsewhere, or not looked into by Slack either."""


def boolean(value: Json, at: str, found: Found) -> None:
    if not isinstance(value, bool):
        found.append(Problem(at, "must be a boolean"))


def text(longest: int, shortest: int = 1) -> Check:
    """A string of so many characters."""

    def check(value: Json, at: str, found: Found) -> None:
        if not isinstance(value, str):
            found.append(Problem(at, "must be a string"))
        elif len(value) > longest:
            found.append(Problem(at, f"must be less than {longest + 1} characters"))
        elif len(value) < shortest:
            found.append(Problem(at, f"must be more than {shortest - 1} characters"))

    return check


def matching(pattern: str, what: str, longest: int = 3000) -> Check:
    """A string of a form, such as a date; ``what`` names the form."""
    known, length = re.compile(pattern), text(longest)

    def check(value: Json, at: str, found: Found) -> None:
        before = len(found)
        length(value, at, found)
        if len(found) == before and not known.fullmatch(value):
            found.append(Problem(at, f"must be {what}"))

    return check


def one_of(*allowed: str) -> Check:
    known = frozenset(allowed)

    def check(value: Json, at: str, found: Found) -> None:
        if not isinstance(value, str) or value not in known:
            found.append(Problem(at, f"must be one of {', '.join(allowed)}"))

    return check


def whole_number(least: int, most: int) -> Check:
    def check(value: Json, at: str, found: Found) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            found.append(Problem(at, f"must be a whole number from {least} to {most}"))

    return check


def items(check_one: Check, most: int, least: int = 1) -> Check:
    """An array of ``least`` to ``most`` values, each of which passes."""

    def check(value: Json, at: str, found: Found) -> None:
        if not isinstance(value, list):
            found.append(Problem(at, "must be an array"))
            return
        if len(value) > most:
            found.append(Problem(at, f"no more than {most} items allowed [{len(value)} given]"))
            return
        if len(value) < least:
            found.append(Problem(at, f"no less than {least} items allowed [{len(value)} given]"))
        for n, each in enumerate(value):
            check_one(each, f"{at}/{n}", found)

    return check


def shape(fields: Fields) -> Check:
    """An object with these fields and no others, as Slack refuses what it doesn't know."""
    required = [name for name, (_, needed) in fields.items() if needed]

    def check(value: Json, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.append(Problem(at, "must provide an object"))
            return
        for name in required:
            if name not in value:
                found.append(Problem(at, f"missing required field: {name}"))
        for name, part in value.items():
            known = fields.get(name)
            if known is None:
                found.append(Problem(at, f"unknown field: {name}"))
            else:
                known[0](part, f"{at}/{name}", found)

    return check


def by_type(known: dict[str, Check]) -> Check:
    """An object whose ``type`` says what it must look like."""

    def check(value: Json, at: str, found: Found) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in known:
            found.append(Problem(at, f"unsupported type: {kind}"))
        else:
            known[kind](value, at, found)

    return check


def _calendar_date(value: Json, at: str, found: Found) -> None:
    try:
        if date.fromisoformat(value).isoformat() == value:
            return
    except (TypeError, ValueError):
        pass
    found.append(Problem(at, "must be a date, YYYY-MM-DD"))


def _time_zone(value: Json, at: str, found: Found) -> None:
    if value not in available_timezones():
        found.append(Problem(at, "must be an IANA time zone"))


calendar_date: Check = _calendar_date
clock_time = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time, HH:MM")
time_zone: Check = _time_zone
unix_time = whole_number(1_000_000_000, 9_999_999_999)
number = matching(r"-?\d+(\.\d+)?", "a number in a string")
address = matching(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+", "a URL")
web_address = matching(r"https?://\S+", "a URL that starts with http:// or https://")
block_id = action_id = text(255)
