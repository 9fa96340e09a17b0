"""What follows when a person or their account changes: one place for it, one line for each capability."""

from bot.clock import Now, read
from bot.domain.calendars.wall_time import known_or, local, to_instant
from bot.domain.people.person import Person
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.enrolment.change_agency import change_agency
from bot.services.enrolment.leave import give_back_offers, hold_everywhere, welcome_back
from bot.services.offerings import reminders
from bot.services.people.roles import follow_closed_account
from storage import enrolment as enrolment_rows
from storage import prompts as prompt_rows
from storage.transaction import Tx

WORK_ZONE = "Europe/Helsinki"
"""Where working days are counted for somebody whose time zone is not known."""


def follow_settings(tx: Tx, before: Person, after: Person, now: Now, *, to_line: bool) -> None:
    """The person changed something about themselves. Raises KaikuError: NO_ROOM_FOR_AGENCY."""
    if (before.agency, before.agency_name) != (after.agency, after.agency_name):
        change_agency(tx, after, now, to_line=to_line)
    if before.timezone != after.timezone:
        prompt_rows.mark_stale(tx, [after.id])
    if before.wants_link != after.wants_link:
        for enrolment in enrolment_rows.list_standing_enrolments(tx, after.id):
            reminders.replan(tx, enrolment.offering_id, read(now), person_ids=[after.id])
    outbox.plan_home(tx, [after.id], read(now))


def follow_account(
    tx: Tx,
    user_id: str,
    timezone: str | None,
    now: Now,
    *,
    hold_days: int,
    is_gone: bool,
    is_barred: bool,
    is_back: bool,
    has_moved: bool,
) -> None:
    """The account was deactivated (its seats are held for ``hold_days`` working days), may no longer hold
    seats (``is_barred``) or may again, has moved to another time zone, or changed in some other way.
    """
    if has_moved:
        prompt_rows.mark_stale(tx, [user_id])
    if is_barred:
        give_back_offers(tx, user_id, now)
    if is_gone:
        zone = known_or(timezone, WORK_ZONE)
        now = read(now)
        today = local(now, zone)
        last = WORK_CALENDAR.add_working_days(today.date(), hold_days) if hold_days else today.date()
        hold_everywhere(tx, user_id, to_instant(last, today.time(), zone), now)
        follow_closed_account(tx, user_id, now)
        return
    if is_back:
        welcome_back(tx, user_id, now)
    outbox.plan_home(tx, [user_id], read(now))
