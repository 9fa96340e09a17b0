"""Plans reminders as deliveries, derived from enrolments, sessions and rules. Idempotent."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.deliveries import DeliveryState, Occurrence, Subject
from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.reminders import ReminderKind, reminders_of
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.offerings.catalogue import to_session
from storage import absence as absence_rows
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import people as person_rows
from storage.enrolment import EnrolmentRow
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx

KINDS = tuple(ReminderKind)
TOLD_WITHIN = timedelta(minutes=10)
"""A changed session is told within this time (``timetable.GATHERING``)."""


def replan(tx: Tx, offering_id: int, now: datetime, *, person_ids: Collection[str] | None = None) -> None:
    """Bring the unsent reminders of an offering (only of these people, if given) up to date. Missing ones are
    planned, those planned for another time are cancelled with a reason, and sent ones stay.
    """
    offering = offering_rows.get_offering_by_id(tx, offering_id)
    if offering is None:
        return
    rows = offering_rows.list_sessions_of(tx, offering_id)
    if not rows:
        return
    sessions = [to_session(row, offering.timezone) for row in rows]
    seated = [] if offering.cancelled else enrolment_rows.list_seated_in(tx, offering_id, person_ids)
    wanted = _wanted(
        offering.code,
        sessions,
        [(e.id, e.person_id, e.told_at) for e in seated],
        _absent(tx, offering_id),
        _want_links(tx, sessions, [e.person_id for e in seated]),
    )
    subjects = [str(Subject(offering.code, session=session.number)) for session in sessions]
    changed = []
    for delivery in delivery_rows.list_about(tx, kinds=KINDS, subjects=subjects, recipients=person_ids):
        row = wanted.pop((delivery.kind, delivery.recipient, delivery.subject, delivery.occurrence), None)
        planned = delivery
        if row is not None and delivery.state in {DeliveryState.PLANNED, DeliveryState.CANCELLED}:
            planned = delivery._replace(
                state=DeliveryState.PLANNED, reason=None, due_at=row["due_at"], expires_at=row["expires_at"]
            )
        elif row is None and delivery.state == DeliveryState.PLANNED:
            planned = delivery._replace(state=DeliveryState.CANCELLED, reason="no_longer_due")
        if planned != delivery:
            changed.append(planned)
    delivery_rows.plan_anew(tx, changed)
    new = [each for each in wanted.values() if each["expires_at"] > now]
    delivery_rows.add_deliveries(tx, new, now)


def plan_first(tx: Tx, offering: Offering, seated: Sequence[EnrolmentRow], now: datetime) -> None:
    """Plan the reminders of people who just got a seat: they have none yet, and no absences."""
    if offering.sessions:
        who = [(each.id, each.person_id, each.told_at) for each in seated]
        links = _want_links(tx, offering.sessions, [each.person_id for each in seated])
        wanted = _wanted(offering.code, offering.sessions, who, absent=(), want_links=links)
        delivery_rows.add_deliveries(tx, [each for each in wanted.values() if each["expires_at"] > now], now)


def _absent(tx: Tx, offering_id: int) -> set[tuple[str, int]]:
    """The sessions that each person can't come to: they are reminded only of the others."""
    rows = absence_rows.list_absences_in(tx, offering_id)
    return {(row.person_id, row.number) for row in rows if row.absent}


def _want_links(tx: Tx, sessions: Sequence[Session], person_ids: Sequence[str]) -> Collection[str]:
    """Those of these people who want the link of remote sessions shortly before."""
    is_remote = any(each.is_remote for each in sessions)
    return person_rows.list_wanting_links(tx, person_ids) if is_remote else ()


def _wanted(
    code: str,
    sessions: Sequence[Session],
    seated: list[tuple[int, str, datetime]],
    absent: Collection[tuple[str, int]],
    want_links: Collection[str],
) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    wanted: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for session in sessions:
        for enrolment_id, person_id, told_at in seated:
            if (person_id, session.number) in absent:
                continue
            told = max(told_at, session.changed_at + TOLD_WITHIN) if session.changed_at else told_at
            wants_link = person_id in want_links
            for reminder in reminders_of(session, told, WORK_CALENDAR, wants_link=wants_link):
                key = (
                    reminder.kind.value,
                    person_id,
                    str(Subject(code, session=session.number)),
                    str(Occurrence(enrolment_id, starts_at=session.starts_at)),
                )
                wanted[key] = dict(
                    zip(("kind", "recipient", "subject", "occurrence"), key, strict=True),
                    due_at=reminder.due_at,
                    expires_at=reminder.expires_at,
                )
    return wanted
