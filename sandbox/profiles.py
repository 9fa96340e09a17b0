"""People: in ``people.yml``, in the workspace, and in Slack's answers to an app."""

import unicodedata
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.clock import MovableClock

Json = dict[str, Any]

TEAM = "TKAIKU"
ENTERPRISE = "EKAIKU"
"""The workspace's organisation, where the app is installed for the whole of it."""
NUMBERS = ("status_expiration", "dnd")  # seconds since 1970; dnd: from and to
FLAGS = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")
QUIET: Json = {"status_text": "", "status_emoji": "", "status_expiration": 0, "dnd": []}
"""Somebody without a status who may be disturbed at any time."""


def new_person(raw: Json) -> Json:
    """A person as the workspace keeps them. Raises ValueError as ``checked``, KeyError without id or name."""
    real_name: str = raw["real_name"] if "real_name" in raw else raw["name"]
    handle: str = raw["handle"] if "handle" in raw else real_name.lower().replace(" ", ".")
    plain = unicodedata.normalize("NFKD", handle).encode("ascii", "ignore").decode()
    return checked(
        {
            "id": raw["id"],
            "name": handle,
            "real_name": real_name,
            "title": raw.get("title", ""),
            "email": raw.get("email", f"{plain}@virasto.example"),
            "locale": raw.get("locale", "fi-FI"),
            "tz": raw.get("tz", "Europe/Helsinki"),
            **{flag: raw.get(flag, False) for flag in FLAGS},
            **{name: raw.get(name, value) for name, value in QUIET.items()},
        }
    )


def checked(person: Json) -> Json:
    """The person, checked. Raises ValueError for a field with an invalid value."""
    for name, value in person.items():
        if name in NUMBERS:
            _check_numbers(name, value)
        elif not isinstance(value, bool if name in FLAGS else str):
            raise ValueError(f"{name}: {value!r} is not what it should be")
    try:
        ZoneInfo(person["tz"])
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"tz: {person['tz']!r} is no time zone") from None
    return person


def _check_numbers(name: str, value: Any) -> None:  # noqa: ANN401 - whatever somebody sent
    numbers = value if isinstance(value, list) else [value]
    if not all(isinstance(each, int) for each in numbers) or (name == "dnd" and len(numbers) not in {0, 2}):
        raise ValueError(f"{name}: {value!r} is not what it should be")


def user_object(person: Json, clock: MovableClock, *, with_locale: bool, with_email: bool) -> Json:
    """As users.info and user_change carry it; locale and e-mail address only where the app gets them."""
    first, _, last = person["real_name"].partition(" ")
    status = {name: person[name] for name in ("status_text", "status_emoji", "status_expiration")}
    if 0 < status["status_expiration"] <= clock.now().timestamp():
        status = {"status_text": "", "status_emoji": "", "status_expiration": 0}
    profile = {
        "real_name": person["real_name"],
        "real_name_normalized": person["real_name"],
        "display_name": person["name"],
        "display_name_normalized": person["name"],
        "first_name": first,
        "last_name": last,
        "title": person["title"],
        **status,
        "team": TEAM,
    }
    if with_email and not person["is_bot"]:
        profile["email"] = person["email"]
    user: Json = {
        "id": person["id"],
        "team_id": person.get("team_id", TEAM),
        "name": person["name"],
        "deleted": person["deleted"],
        "is_bot": person["is_bot"],
        "is_app_user": False,
        "updated": int(clock.now().timestamp()),
        "profile": profile,
    }
    if not person["deleted"]:  # Slack leaves these out for deactivated accounts
        now = clock.now().astimezone(ZoneInfo(person["tz"]))
        offset = now.utcoffset()
        assert offset is not None
        user |= {
            "real_name": person["real_name"],
            "tz": person["tz"],
            "tz_label": now.tzname(),
            "tz_offset": int(offset.total_seconds()),
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": person["is_restricted"],
            "is_ultra_restricted": person["is_ultra_restricted"],
        }
    if with_locale:
        user["locale"] = person["locale"]
    return user
