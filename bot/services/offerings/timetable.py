"""Versions of an offering's sessions: which one each person was told, and the news when it changes."""

from datetime import date, datetime, time, timedelta
from typing import Any

from bot.domain.offerings.offering import Session
from bot.services.deliveries import outbox
from bot.services.offerings import reminders
from storage import enrolment as enrolment_rows
from storage.offerings import catalogue as offering_rows
from storage.offerings import timetables as timetable_rows
from storage.transaction import Tx

GATHERING = timedelta(minutes=10)
"""Changes within this time become one message, because a coordinator may correct a correction."""


def record(tx: Tx, offering_id: int, now: datetime, *, quiet: bool = False) -> None:
    """Record the current sessions as a version; if people were told otherwise, plan one message to each,
    unless ``quiet``.

    Planned deliveries are derived again. Called in the transaction that changes the plan.
    """
    offering = offering_rows.lock_offering_by_id(tx, offering_id)
    if offering is None:
        return
    stored = offering_rows.list_sessions_of(tx, offering_id)
    sessions = [_as_record(session, cancelled=offering.cancelled) for session in stored]
    last = timetable_rows.get_timetable(tx, offering_id, offering.timetable_version)
    if last is None:
        timetable_rows.add_timetable(tx, offering_id, offering.timetable_version, sessions, now)
        return
    if last.sessions == sessions:
        return
    version = offering.timetable_version + 1
    offering_rows.set_timetable_version(tx, offering_id, version)
    timetable_rows.add_timetable(tx, offering_id, version, sessions, now)
    tx.flush()
    tell_at = now + GATHERING
    for enrolment in enrolment_rows.list_standing_in(tx, offering_id):
        outbox.plan_edits(tx, enrolment.id, now)
        if quiet and enrolment.told_version == version - 1:
            enrolment_rows.set_told(tx, enrolment.id, version)
            continue
        outbox.plan_change(tx, enrolment.person_id, offering.code, enrolment.id, version, tell_at, now)
    reminders.replan(tx, offering_id, now)


def told_sessions(tx: Tx, offering_id: int, version: int, timezone: str) -> list[Session]:
    """The sessions as they were in ``version``."""
    found = timetable_rows.get_timetable(tx, offering_id, version)
    return [_as_session(session, timezone) for session in found.sessions] if found is not None else []


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
