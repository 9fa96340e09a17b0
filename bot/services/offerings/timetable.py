"""Versions of an offering's sessions: which one each person was told, and the messages about changes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from msgspec import Struct, field

from bot.domain.calendars.wall_time import known_or
from bot.domain.language import Texts
from bot.domain.offerings.offering import Session, agreed_time, is_address
from bot.domain.offerings.reminders import seat_news_at
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.offerings import reminders
from storage import absence as absence_rows
from storage import enrolment as enrolment_rows
from storage import people as person_rows
from storage.offerings import catalogue as offering_rows
from storage.offerings import timetables as timetable_rows
from storage.offerings.timetables import TimetableRow
from storage.transaction import Tx

GATHERING = timedelta(minutes=10)
"""Changes within this time become one message, because a coordinator may correct a correction."""

AT_ONCE = timedelta(hours=1)
"""A change of a session that begins within this time is told at once: ten minutes more would be too late for
some.
"""


class Cause(Struct, frozen=True):
    """Who changed a plan in Slack (None: an operator, with a file), and why, in their words by language."""

    actor: str | None = None
    reason: Texts = field(default_factory=dict)


BY_FILE = Cause()


def record(
    tx: Tx, offering_ids: Collection[int], now: datetime, *, quiet: bool = False, cause: Cause = BY_FILE
) -> None:
    """Record the current sessions of these offerings as a version; if people were told otherwise, plan one
    message to each, unless ``quiet``, and one to each facilitator but the one who changed them.

    Planned deliveries are derived again. Called in the transaction that changes the plan, and that holds the
    offerings' locks.
    """
    sessions = offering_rows.list_session_rows(tx, offering_ids)
    last = timetable_rows.list_current(tx, offering_ids)
    reason = None if quiet else cause.reason or None
    added, changed = list[TimetableRow](), list[tuple[offering_rows.OfferingRow, datetime | None]]()
    for offering in sorted(offering_rows.list_offerings(tx, offering_ids)):
        now_agreed = [_as_record(each, cancelled=offering.cancelled) for each in sessions[offering.id]]
        told, version = last.get(offering.id), offering.timetable_version
        if told is None:
            added.append(TimetableRow(offering.id, version, now_agreed, None, now))
        elif told != now_agreed:
            added.append(TimetableRow(offering.id, version + 1, now_agreed, reason, now))
            changed.append((offering, _first_change(told, now_agreed, now)))
    timetable_rows.add_timetables(tx, added)
    for offering, first in changed:
        _tell(tx, offering, sessions[offering.id], first, now, quiet=quiet, cause=cause)


def _tell(
    tx: Tx,
    offering: offering_rows.OfferingRow,
    stored: Sequence[offering_rows.SessionRow],
    first: datetime | None,
    now: datetime,
    *,
    quiet: bool,
    cause: Cause,
) -> None:
    """Plan the messages about the next version's sessions; ``first`` is when the first changed session still
    ahead starts.
    """
    version = offering.timetable_version + 1
    offering_rows.set_timetable_version(tx, offering.id, version)
    standing = enrolment_rows.list_standing_in(tx, offering.id)
    led_by = [each for each in offering.facilitators if not is_address(each) and each != cause.actor]
    people = person_rows.list_people(tx, {*led_by, *(each.person_id for each in standing)})
    zones = {each.id: each.timezone for each in people}

    gathered_at = now if first is not None and first <= now + AT_ONCE else now + GATHERING

    @cache
    def told_in(timezone: str) -> datetime:
        return seat_news_at(gathered_at, first, timezone, WORK_CALENDAR)

    def tell_at(person_id: str) -> datetime:
        return told_in(known_or(zones.get(person_id), offering.timezone))

    outbox.plan_edits(tx, [each.id for each in standing], now)
    spared = {each.id for each in standing if quiet and each.told_version == version - 1}
    enrolment_rows.set_told(tx, spared, version)
    hear = [(each.person_id, each.id, tell_at(each.person_id)) for each in standing if each.id not in spared]
    outbox.plan_changes(tx, offering.code, version, hear, now)
    for person_id in led_by:
        outbox.plan_changed_by_others(tx, person_id, offering.code, version - 1, tell_at(person_id), now)
    times = {each.number: agreed_time(each.on_date, each.starts, each.ends) for each in stored}
    outbox.plan_home(tx, absence_rows.follow_times(tx, offering.id, times, now), now)
    reminders.replan(tx, offering.id, now)


def _first_change(
    old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]], now: datetime
) -> datetime | None:
    """When the first of the sessions that differ starts or was to start, of those still ahead."""
    starts = [
        datetime.fromisoformat(each["starts_at"])
        for number in changed_numbers(old, new)
        for each in (*old, *new)
        if each["number"] == number
    ]
    return min((each for each in starts if each > now), default=None)


def changed_numbers(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> list[int]:
    """The numbers of the sessions that differ between two versions."""
    was = {each["number"]: each for each in old}
    becomes = {each["number"]: each for each in new}
    return sorted(n for n in was.keys() | becomes.keys() if was.get(n) != becomes.get(n))


def numbers_between(tx: Tx, offering_id: int, old: int, new: int) -> list[int]:
    """The numbers of the sessions that differ between these versions."""
    return changed_numbers(*(timetable_rows.get_sessions(tx, offering_id, each) for each in (old, new)))


def told_sessions(tx: Tx, offering_id: int, version: int, timezone: str) -> list[Session]:
    """The sessions as they were in ``version``."""
    return [_as_session(each, timezone) for each in timetable_rows.get_sessions(tx, offering_id, version)]


def _as_record(session: offering_rows.SessionRow, *, cancelled: bool) -> dict[str, Any]:
    return {
        "number": session.number,
        "on": session.on_date.isoformat(),
        "starts": session.starts.isoformat(),
        "ends": session.ends.isoformat(),
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "place": session.place,
        "link": session.link,
        "link_label": session.link_label,
        "cancelled": session.cancelled or cancelled,
    }


def _as_session(record: dict[str, Any], timezone: str) -> Session:
    return Session(
        number=record["number"],
        on=date.fromisoformat(record["on"]),
        starts=time.fromisoformat(record["starts"]),
        ends=time.fromisoformat(record["ends"]),
        timezone=timezone,
        starts_at=datetime.fromisoformat(record["starts_at"]),
        ends_at=datetime.fromisoformat(record["ends_at"]),
        place=record["place"],
        link=record["link"],
        link_label=record["link_label"],
        bring=None,
        cancelled=record["cancelled"],
    )
