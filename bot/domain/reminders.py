"""When a seated person is reminded of a session. Derived, at any time, from what is agreed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.offerings import Meeting
from bot.domain.wall_time import to_instant
from bot.domain.working_time import WorkCalendar

DAY_BEFORE_AT: Final = time(9)
HOUR_BEFORE: Final = timedelta(hours=1)


class ReminderKind(StrEnum):
    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of session ``number``, due at ``due_at``; from ``expires_at`` on it is no use."""

    number: int
    kind: ReminderKind
    due_at: datetime
    expires_at: datetime


def reminders_of(meeting: Meeting, told_at: datetime, calendar: WorkCalendar) -> tuple[Reminder, ...]:
    """The reminders owed to a seated person of one session, in order of time.

    ``told_at`` is when the person was last told of the session as it now stands: by the confirmation
    of their seat, or of a change. A reminder due by then is left out; they have just heard it all.
    A cancelled session has none.

    The first is due at 9:00 in the session's zone on the working day before it, and gives way to the
    second, due an hour before the start on whatever day that is.
    """
    if meeting.cancelled:
        return ()
    hour_before = meeting.starts_at - HOUR_BEFORE
    day_before = to_instant(calendar.previous_working_day(meeting.on), DAY_BEFORE_AT, meeting.timezone)
    both = (
        Reminder(meeting.number, ReminderKind.DAY_BEFORE, day_before, hour_before),
        Reminder(meeting.number, ReminderKind.HOUR_BEFORE, hour_before, meeting.starts_at),
    )
    return tuple(reminder for reminder in both if reminder.due_at > told_at)


def reminders_due(
    meetings: Iterable[Meeting],
    told_at: datetime,
    calendar: WorkCalendar,
    *,
    start: datetime,
    end: datetime,
) -> list[Reminder]:
    """The reminders of these sessions that fall due from ``start`` until before ``end``, in that order."""
    return sorted(
        (
            reminder
            for meeting in meetings
            for reminder in reminders_of(meeting, told_at, calendar)
            if start <= reminder.due_at < end
        ),
        key=lambda reminder: (reminder.due_at, reminder.number),
    )
