"""When facilitators are told about a session: the brief on the working day before it, and that attendance is
to be marked on the working day after it; and when they are asked whether its venue is kept."""

from datetime import datetime, time, timedelta
from typing import Final

from msgspec import Struct

from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.deliveries import DeliveryKind
from bot.domain.offerings.offering import Session

BRIEF_AT: Final = time(12)
"""Later than people's own reminder at nine, which makes some say that they can't come."""

ATTENDANCE_AT: Final = time(9)
ATTENDANCE_HELPS_FOR: Final = timedelta(days=14)


class SessionNote(Struct, frozen=True):
    """One message about session ``number``, due at ``due_at`` and useless from ``expires_at`` on."""

    number: int
    kind: DeliveryKind
    due_at: datetime
    expires_at: datetime


def notes_of(session: Session, calendar: WorkCalendar) -> tuple[SessionNote, ...]:
    """The two messages about a session; a cancelled one has none."""
    if session.cancelled:
        return ()
    zone = session.timezone
    ended_on = local(session.ends_at, zone).date()
    return (
        SessionNote(
            session.number,
            DeliveryKind.BRIEF,
            to_instant(calendar.previous_working_day(session.on), BRIEF_AT, zone),
            session.starts_at,
        ),
        SessionNote(
            session.number,
            DeliveryKind.ATTENDANCE_DUE,
            to_instant(calendar.next_working_day(ended_on), ATTENDANCE_AT, zone),
            session.ends_at + ATTENDANCE_HELPS_FOR,
        ),
    )


VENUE_AT: Final = time(10)


def venue_notes_of(session: Session, calendar: WorkCalendar) -> tuple[SessionNote, ...]:
    """The two questions whether the venue is kept: a week before the last day on which it can be cancelled
    free of charge, and on the working day before that day. None for a venue that is kept."""
    until = session.free_until
    if session.cancelled or until is None or session.kept_until == until:
        return ()
    week_before = calendar.previous_working_day(until - timedelta(days=6))
    day_before = calendar.previous_working_day(until)
    over = to_instant(until + timedelta(days=1), time(), session.timezone)
    asked = {DeliveryKind.VENUE_ASKED_LAST: day_before}
    if week_before < day_before:
        asked[DeliveryKind.VENUE_ASKED] = week_before
    return tuple(
        SessionNote(session.number, kind, to_instant(day, VENUE_AT, session.timezone), over)
        for kind, day in asked.items()
    )


def may_tick(session: Session, now: datetime) -> bool:
    """Whether people may confirm their own attendance: for a remote session that has begun, for two weeks."""
    begun = session.starts_at <= now < session.ends_at + ATTENDANCE_HELPS_FOR
    return session.is_remote and not session.cancelled and begun
