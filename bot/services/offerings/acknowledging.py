"""Acknowledging changed sessions: people with a seat are asked to, and reminded once."""

from collections.abc import Sequence
from datetime import datetime

from bot.clock import Now, read
from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.deliveries import Occurrence, Subject
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.acknowledged import Acknowledged
from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.reminders import DAY_BEFORE_AT
from bot.domain.people.person import Person
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.offerings import timetable
from bot.services.offerings.catalogue import load_offering
from storage import absence as absence_rows
from storage import enrolment as enrolment_rows
from storage.enrolment import EnrolmentRow
from storage.offerings import catalogue as offering_rows
from storage.offerings import notices as notice_rows
from storage.transaction import Tx

ASKED_BEFORE = 2
"""Working days before the session when people who have not acknowledged are reminded, and listed."""


def asks_at(session: Session) -> datetime:
    """When people who have not acknowledged a change are reminded of it."""
    day = WORK_CALENDAR.add_working_days(session.on, -ASKED_BEFORE)
    return to_instant(day, DAY_BEFORE_AT, session.timezone)


def note_sent(tx: Tx, offering: Offering, enrolment: EnrolmentRow, version: int, now: datetime) -> None:
    """Record that the person was told the sessions of this version: they can acknowledge it, and are reminded
    once, unless they were told on the reminder's day or later.
    """
    numbers = timetable.numbers_between(tx, offering.id, enrolment.told_version, version)
    notice_rows.note_sent(tx, enrolment.id, enrolment.person_id, version, numbers, now)
    if offering.cancelled:
        return
    ahead = [each for each in offering.standing_sessions if each.number in numbers and each.starts_at > now]
    for session in ahead[:1]:
        due_at = asks_at(session)
        if local(due_at, session.timezone).date() > local(now, session.timezone).date():
            outbox.plan_change_reminder(
                tx,
                enrolment.person_id,
                str(Subject(offering.code, session=session.number)),
                str(Occurrence(enrolment.id, version)),
                due_at,
                session.starts_at,
                now,
            )


def acknowledge(tx: Tx, person: Person, code: str, version: int, now: Now) -> Offering:
    """Record that somebody with a seat has read of a change. Idempotent; an older message is refused, because
    a newer one says more.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED, CHANGED_MEANWHILE.
    """
    offering_rows.lock_offering(tx, code)
    offering = load_offering(tx, code)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if enrolment is None or enrolment.status != Status.SEATED:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    notice = notice_rows.get_notice(tx, enrolment.id)
    if notice is None or notice.version != version:
        raise KaikuError(Refusal.CHANGED_MEANWHILE)
    if notice.acknowledged_at is None:
        notice_rows.note_acknowledged(tx, enrolment.id, read(now))
    return offering


def note_answered(tx: Tx, offering: Offering, person: Person, number: int, now: datetime) -> None:
    """Acknowledge a change of only this session, because the person has said whether they can come to it."""
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    notice = notice_rows.get_notice(tx, enrolment.id) if enrolment is not None else None
    if notice is not None and notice.acknowledged_at is None and notice.sessions == [number]:
        notice_rows.note_acknowledged(tx, notice.enrolment_id, now)


def list_acknowledged(tx: Tx, offering: Offering, now: datetime) -> dict[int, Acknowledged]:
    """By changed session ahead, the people with a seat who have acknowledged it."""
    notices = notice_rows.list_notices(tx, offering.id)
    found: dict[int, Acknowledged] = {}
    for session in offering.standing_sessions:
        about = [each for each in notices if session.number in each.sessions]
        if about and session.starts_at > now:
            missing = [
                each.person_id
                for each in about
                if each.acknowledged_at is None
                and not absence_rows.is_absent(tx, offering.id, session.number, each.person_id)
            ]
            found[session.number] = Acknowledged(len(about), missing, asks_at(session) <= now)
    return found


def list_unacknowledged(tx: Tx, offering: Offering, number: int, now: datetime) -> Sequence[str]:
    """The user ids of people who were told that this session changed and have not acknowledged it."""
    found = list_acknowledged(tx, offering, now).get(number)
    return found.missing if found is not None else ()
