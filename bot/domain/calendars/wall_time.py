"""Converts between wall time, which people agree on, and instants in UTC, which are derived from it."""

import logging
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

log = logging.getLogger(__name__)

STAND_IN: Final = "Europe/Helsinki"
"""For a zone that was known when it was stored and is not on this machine, as after an older tzdata."""


@cache
def known_timezones() -> frozenset[str]:
    """Every IANA name this machine knows; cached, because looking them up reads a thousand files."""
    return frozenset(available_timezones())


_REGIONS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)


def is_region(timezone: str) -> bool:
    """Whether ``timezone`` names the clock of a place, such as Europe/Helsinki. A bare offset (``EST``),
    this machine's own zone (``localtime``) or a file that is no zone for people (``Factory``) does not."""
    return timezone.split("/", maxsplit=1)[0] in _REGIONS and timezone in known_timezones()


def end_day(on: date, starts: time, ends: time) -> date:
    """The day on which a session that starts on day ``on`` ends: the next day, if its end is before its
    start."""
    return on + timedelta(days=1) if ends < starts else on


def known_or(timezone: str | None, default: str) -> str:
    """The zone, or ``default`` if this machine does not know it: Slack may name any zone."""
    return timezone if timezone is not None and timezone in known_timezones() else default


@cache
def zone_of(timezone: str) -> ZoneInfo:
    """The zone of this name; ``STAND_IN`` for a zone that this machine does not know, so that one programme
    does not hold up all others. An unknown zone is logged once, and `kaiku doctor` reports it."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no such file, or a name that no file can have
        pass
    log.error(
        "this machine does not know the time zone %s: %s stands in. Update tzdata.",
        timezone,
        STAND_IN,
        extra={"action": "zone_unknown"},
    )
    return ZoneInfo(STAND_IN)


def to_instant(on: date, at: time, timezone: str) -> datetime:
    """The UTC instant of local ``on`` ``at`` in ``timezone`` (an IANA name).

    A time that occurs twice (autumn) means its first occurrence. A time that is skipped (spring)
    means the instant one hour later on the wall, as PEP 495 resolves it; plans refuse such times
    before they get here (``exists``).
    """
    return datetime.combine(on, at, zone_of(timezone)).astimezone(UTC)


def exists(on: date, at: time, timezone: str) -> bool:
    """False for a wall time that the spring clock change skips, such as 03:30 on 31 March 2019."""
    zone = zone_of(timezone)
    there = datetime.combine(on, at, zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == datetime.combine(on, at)


def local(instant: datetime, timezone: str) -> datetime:
    """``instant`` as wall time in ``timezone``, aware."""
    return instant.astimezone(zone_of(timezone))
