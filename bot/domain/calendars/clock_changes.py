"""When a time zone changes its clocks and by which yearly rule, as calendar files have to state it."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.domain.calendars.wall_time import zone_of

_SECOND = timedelta(seconds=1)
_WEEK = timedelta(weeks=1)


class YearlyRule(Struct, frozen=True):
    """Every year in ``month`` on the ``nth`` ``weekday`` (Monday is 0); -1 is the last one in the month."""

    month: int
    nth: int
    weekday: int


class Observance(Struct, frozen=True):
    """An offset from UTC and its name, valid from each of ``onsets`` on.

    Onsets are in the wall time before the change (naive), as calendar files require. ``rule`` is the yearly
    rule that they follow, or None.
    """

    name: str
    offset_before: timedelta
    offset: timedelta
    onsets: tuple[datetime, ...]
    rule: YearlyRule | None

    @property
    def is_daylight(self) -> bool:
        return self.offset > self.offset_before


def observances_of(timezone: str, first_year: int, last_year: int) -> tuple[Observance, ...]:
    """Everything needed to read wall times in ``timezone`` in these years, both included.

    It starts a year early, so that the first January has a change before it. A zone that keeps the same
    yearly rules throughout gives only those; for any other, the offset at the start comes first.
    """
    first_year -= 1
    zone = zone_of(timezone)
    found: dict[tuple[str, timedelta, timedelta], list[datetime]] = defaultdict(list)
    for instant in _changes(zone, first_year, last_year):
        before = _offset(instant - _SECOND, zone)
        onset = (instant + before).replace(tzinfo=None)
        found[instant.astimezone(zone).tzname() or "", before, _offset(instant, zone)].append(onset)
    years = range(first_year, last_year + 1)
    changing = tuple(
        Observance(name, before, offset, tuple(onsets), _rule_of(onsets, years))
        for (name, before, offset), onsets in found.items()
    )
    if changing and all(observance.rule for observance in changing):
        return changing
    start = datetime(first_year, 1, 1, tzinfo=zone)
    offset = _offset(start, zone)
    return (
        Observance(start.tzname() or "", offset, offset, (start.replace(tzinfo=None),), None),
        *changing,
    )


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _changes(zone: ZoneInfo, first_year: int, last_year: int) -> list[datetime]:
    """The instants, to the second, at which the offset from UTC changes."""
    at = datetime(first_year, 1, 1, tzinfo=zone).astimezone(UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=zone).astimezone(UTC)
    changes = []
    while at < end:
        later = min(at + _WEEK, end)
        if _offset(at, zone) != _offset(later, zone):
            later = _first_with_other_offset(at, later, zone)
            changes.append(later)
        at = later
    return changes


def _first_with_other_offset(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    old = _offset(before, zone)
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // (2 * _SECOND))
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


def _rule_of(onsets: list[datetime], years: range) -> YearlyRule | None:
    """The rule that yields exactly these onsets, one in each year."""
    if [onset.year for onset in onsets] != list(years) or len({onset.time() for onset in onsets}) > 1:
        return None
    first = onsets[0]
    nth = (first.day - 1) // 7 + 1
    for choice in (-1, nth):
        rule = YearlyRule(first.month, choice, first.weekday())
        if all(_follows(onset.date(), rule) for onset in onsets):
            return rule
    return None


def _follows(day: date, rule: YearlyRule) -> bool:
    if (day.month, day.weekday()) != (rule.month, rule.weekday):
        return False
    if rule.nth == -1:
        return (day + _WEEK).month != day.month
    return (day.day - 1) // 7 + 1 == rule.nth
