"""What follows when offerings or their sessions change: one place for it, one line for each capability."""

from collections.abc import Sequence
from datetime import datetime

from bot.services.announcements import posts
from bot.services.deliveries import outbox
from bot.services.enrolment import draws, opening, turns
from bot.services.enrolment.draw_no_more import draw_no_more
from bot.services.enrolment.promote import Filled, fill_all
from bot.services.offerings import session_notes, time_polls, timetable
from storage import prompts as prompt_rows
from storage.transaction import Tx


def follow_offerings(
    tx: Tx,
    offering_ids: Sequence[int],
    now: datetime,
    *,
    quiet: bool = False,
    cause: timetable.Cause = timetable.BY_FILE,
) -> Filled:
    """Tell people what changed for them (not if ``quiet``), and pass on free seats. Returns who got seats,
    and who is offered one.
    """
    timetable.record(tx, offering_ids, now, quiet=quiet, cause=cause)
    prompt_rows.mark_seated_stale(tx, offering_ids)
    if not quiet:
        draws.plan_called_off(tx, offering_ids, now)
    draw_no_more(tx, offering_ids, now)
    filled = fill_all(tx, offering_ids, now)
    draws.replan(tx, offering_ids, now)
    turns.replan(tx, offering_ids, now)
    outbox.plan_edits_of_invitations(tx, offering_ids, now)
    session_notes.replan(tx, offering_ids, now)
    outbox.plan_home_of_group(tx, offering_ids, now)
    posts.plan_changed(tx, offering_ids, now)
    opening.follow_plan(tx, offering_ids, now)
    time_polls.follow_plan(tx, offering_ids, now)
    return filled
