"""When a seated person is reminded of a session: the working day before, and an hour before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.domain.offerings import Meeting
from bot.domain.wall_time import local, to_instant
from bot.domain.working_time import WorkCalendar

MORNING = time(9)
HOUR_BEFORE = timedelta(hours=1)


class ReminderKind(StrEnum):
    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One planned moment; after ``expires_at`` it helps nobody any more. Aware UTC."""

    kind: ReminderKind
    meeting: Meeting
    due_at: datetime
    expires_at: datetime


def reminders_for(
    meetings: Iterable[Meeting], *, seated_at: datetime, timezone: str, calendar: WorkCalendar
) -> list[Reminder]:
    """The reminders of a person seated since ``seated_at`` who lives in ``timezone``.

    The day before is the last working day before the session's day where the person is, at 9:00: a
    Monday session is remembered on Friday. A moment that had passed when the person got the seat is
    left out: their confirmation said it all. Cancelled sessions remind nobody.
    """
    found = []
    for meeting in meetings:
        if meeting.cancelled:
            continue
        day = calendar.working_day_before(local(meeting.starts_at, timezone).date())
        hour_before = meeting.starts_at - HOUR_BEFORE
        found += [
            Reminder(ReminderKind.DAY_BEFORE, meeting, to_instant(day, MORNING, timezone), hour_before),
            Reminder(ReminderKind.HOUR_BEFORE, meeting, hour_before, meeting.starts_at),
        ]
    return [reminder for reminder in found if reminder.due_at > seated_at]
