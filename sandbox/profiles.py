"""Slack's user object, as users.info and user_change carry it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.workspace import TEAM, Json


def tz_fields(zone: str) -> Json:
    now = datetime.now(ZoneInfo(zone))
    offset = now.utcoffset()
    assert offset is not None
    return {"tz": zone, "tz_label": now.tzname(), "tz_offset": int(offset.total_seconds())}


def user_object(person: Json, *, with_locale: bool = False) -> Json:
    """As Slack gives it; the locale only when it was asked for."""
    user = {
        "id": person["id"],
        "team_id": TEAM,
        "name": person["name"],
        "deleted": person["deleted"],
        "real_name": person["real_name"],
        "is_bot": person["is_bot"],
        "is_restricted": person["is_restricted"],
        "is_ultra_restricted": person["is_ultra_restricted"],
        "is_app_user": False,
        "profile": {
            "real_name": person["real_name"],
            "display_name": person["name"],
            "title": person["title"],
            "email": person["email"],
        },
    }
    if not person["deleted"]:
        user |= tz_fields(person["tz"])  # Slack leaves the zone out for deactivated accounts
    if with_locale:
        user["locale"] = person["locale"]
    return user
