"""When a person with a seat is told about a session: news of a freed seat, and reminders."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.calendars.working_time import DayWindow, WorkCalendar
from bot.domain.offerings.offering import Session

DAY_BEFORE_AT: Final = time(9)
HOUR_BEFORE: Final = timedelta(hours=1)
LINK_BEFORE: Final = timedelta(minutes=10)
LINK_HELPS_FOR: Final = timedelta(minutes=5)
"""After the start somebody may still be looking for the link; later they have found it."""
SEAT_NEWS_HOURS: Final = DayWindow(time(9), time(17))
"""Office hours. Longer than the hours for prompts, because people wait for a seat."""


class ReminderKind(StrEnum):
    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"
    LINK_BEFORE = "link_before"


class Reminder(Struct, frozen=True):
    """One reminder of session ``number``, due at ``due_at`` and useless from ``expires_at`` on."""

    number: int
    kind: ReminderKind
    due_at: datetime
    expires_at: datetime


def seat_news_at(
    freed_at: datetime, starts_at: datetime | None, timezone: str, calendar: WorkCalendar
) -> datetime:
    """When a person is told that they got a freed seat, in UTC (a seat freed at 23:00 is told the next
    working morning).

    ``starts_at`` is when the next session starts, None if there is none; ``timezone`` is the person's own.
    They are told a day before the session at the latest. If that morning would be on the session's day or
    later, they are told at once, whatever the hour: a message at night is better than a missed session.
    """
    told_at = calendar.next_working_moment(freed_at, timezone, SEAT_NEWS_HOURS)
    if starts_at is not None and local(told_at, timezone).date() >= local(starts_at, timezone).date():
        return freed_at
    return told_at


def reminders_of(
    session: Session, told_at: datetime, calendar: WorkCalendar, *, wants_link: bool = False
) -> tuple[Reminder, ...]:
    """The reminders owed to a seated person of one session, in order of time.

    ``told_at`` is when the person was last told of the session as it now stands: by the confirmation
    of their seat, or of a change. A reminder due by then is left out; they have just heard it all.
    A cancelled session has none.

    The first is due at 9:00 in the session's zone on the working day before it, and expires when the second
    is due, an hour before the start on whatever day that is. For a remote session, a person who
    ``wants_link`` gets the link ten minutes before, when the second expires.
    """
    if session.cancelled:
        return ()
    hour_before = session.starts_at - HOUR_BEFORE
    day_before = to_instant(calendar.previous_working_day(session.on), DAY_BEFORE_AT, session.timezone)
    has_link = wants_link and session.is_remote
    link_at = session.starts_at - LINK_BEFORE
    every = [
        Reminder(session.number, ReminderKind.DAY_BEFORE, day_before, hour_before),
        Reminder(
            session.number, ReminderKind.HOUR_BEFORE, hour_before, link_at if has_link else session.starts_at
        ),
    ]
    if has_link:
        helps_until = session.starts_at + LINK_HELPS_FOR
        every.append(Reminder(session.number, ReminderKind.LINK_BEFORE, link_at, helps_until))
    return tuple(reminder for reminder in every if reminder.due_at > told_at)
