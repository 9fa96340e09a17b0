"""Writes calendar files (iCalendar, RFC 5545) of a person's sessions, to open once or to subscribe to."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from bot.domain.calendars.clock_changes import Observance, YearlyRule, observances_of
from bot.domain.calendars.wall_time import end_day, zone_of

if TYPE_CHECKING:
    import icalendar

REFRESH_INTERVAL: Final = timedelta(hours=1)
"""How often subscribers are asked to refresh; most do so less often."""

_PRODUCT: Final = "-//Kaiku//Learning programmes//EN"
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class CalendarEntry(Struct, frozen=True):
    """One session in the reader's language.

    ``code`` and ``number`` identify it. ``sequence`` increases with every change and ``changed_at`` is the
    time of the last one: equal entries give equal bytes. ``on``, ``starts`` and ``ends`` are wall time in
    ``timezone``. A live session has a ``place``; a remote one has a label and, for people with a seat, a
    ``link``. ``notes`` are whole sentences, such as what to bring.
    """

    code: str
    number: int
    sequence: int
    changed_at: datetime
    summary: str
    on: date
    starts: time
    ends: time
    timezone: str
    place: str | None = None
    link: str | None = None
    link_label: str | None = None
    notes: Sequence[str] = ()
    cancelled: bool = False

    @property
    def uid(self) -> str:
        return f"{self.code}-{self.number}@kaiku"


def calendar_of(entries: Iterable[CalendarEntry], *, name: str) -> bytes:
    """The .ics file of these sessions, which may be in any order; ``name`` is the calendar's name."""
    import icalendar  # noqa: PLC0415  # 2 MB that most processes never need

    entries = sorted(entries, key=lambda entry: (entry.on, entry.starts, entry.uid))
    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", _PRODUCT)
    # No METHOD: that makes a file a scheduling message, which has an ORGANIZER in each event (RFC 5546).
    title = icalendar.vText(_printable(name))  # the library escapes neither of the two by itself
    calendar.add("NAME", title)
    calendar.add("X-WR-CALNAME", title)
    calendar.add("REFRESH-INTERVAL", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", icalendar.vDuration(REFRESH_INTERVAL))  # Outlook's name for it
    for timezone in sorted({zone_of(entry.timezone).key for entry in entries}):
        years = [entry.on.year for entry in entries if zone_of(entry.timezone).key == timezone]
        calendar.add_component(_timezone(timezone, min(years), max(years)))
    for entry in entries:
        calendar.add_component(_event(entry))
    if not entries:
        calendar.add_component(_timezone("UTC", 1970, 1970))  # a calendar must have a component
    content: bytes = calendar.to_ical()
    return content


def etag_of(content: bytes) -> str:
    """The strong HTTP entity tag of a calendar, in its quotes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Whether the If-None-Match header of a request contains ``etag``: then the answer is 304."""
    named = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag in named or named == ["*"]


def _event(entry: CalendarEntry) -> "icalendar.Event":
    import icalendar  # noqa: PLC0415

    zone = zone_of(entry.timezone)
    event = icalendar.Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    # RFC 5545 wants the time of writing in DTSTAMP; then no two downloads would be equal.
    event.add("DTSTAMP", entry.changed_at.astimezone(UTC))
    event.add("LAST-MODIFIED", entry.changed_at.astimezone(UTC))
    event.add("DTSTART", datetime.combine(entry.on, entry.starts, zone))
    event.add("DTEND", datetime.combine(end_day(entry.on, entry.starts, entry.ends), entry.ends, zone))
    event.add("SUMMARY", _printable(entry.summary))
    event.add("STATUS", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    where = entry.place or entry.link_label or entry.link
    if where:
        event.add("LOCATION", _printable(where))
    description = list(entry.notes)
    if entry.link:
        called = entry.link_label or entry.link
        event.add("URL", entry.link)
        event.add("CONFERENCE", entry.link, parameters={"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": called})
        # Not every calendar shows URL or CONFERENCE; all show the description.
        description.insert(0, f"{entry.link_label}: {entry.link}" if entry.link_label else entry.link)
    if description:
        event.add("DESCRIPTION", _printable("\n".join(description)))
    return event


def _printable(text: str) -> str:
    """The text without the control characters that RFC 5545 forbids and the library lets through."""
    return "".join(char for char in text if char in "\n\t" or not (char < " " or char == "\x7f"))


@cache
def _timezone(timezone: str, first_year: int, last_year: int) -> "icalendar.Timezone":
    """The time zone from our own observances: the library's put the spring change an hour late."""
    import icalendar  # noqa: PLC0415

    component = icalendar.Timezone()
    component.add("TZID", timezone)
    for observance in observances_of(timezone, first_year, last_year):
        component.add_component(_observance(observance))
    return component


def _observance(observance: Observance) -> "icalendar.TimezoneDaylight | icalendar.TimezoneStandard":
    import icalendar  # noqa: PLC0415

    part = icalendar.TimezoneDaylight() if observance.is_daylight else icalendar.TimezoneStandard()
    part.add("TZNAME", observance.name)
    part.add("TZOFFSETFROM", observance.offset_before)
    part.add("TZOFFSETTO", observance.offset)
    first, *later = observance.onsets
    part.add("DTSTART", first)
    if observance.rule:
        part.add("RRULE", _recurrence(observance.rule))
    elif later:
        part.add("RDATE", later)
    return part


def _recurrence(rule: YearlyRule) -> dict[str, object]:
    return {"FREQ": "YEARLY", "BYMONTH": rule.month, "BYDAY": f"{rule.nth}{_WEEKDAYS[rule.weekday]}"}
