"""Finding a time for a session: which times to ask about, whom they clash with, and the change that moves the
session to the chosen one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.time_poll import Candidate, TimePoll
from bot.domain.people.person import Defaults
from bot.domain.plan.asked_times import AskedTimes
from bot.domain.plan.edit_outcomes import Clashes, Editable
from bot.domain.plan.edits import EditFault, PlanEdit, SessionEdit
from bot.i18n import words_for
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.recipients import find_person
from bot.services.offerings import time_polls
from bot.services.offerings.facilitators import Actor, load_facilitated, require_facilitator
from bot.services.plan.edit import check_edit, load_editable
from bot.views.blocks import Message
from bot.views.offerings import time_polls as view
from storage import time_polls as rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


class Judged(Struct, frozen=True):
    """What is wrong with each of the proposed times, in their order."""

    faults: Sequence[Sequence[EditFault]]
    clashes: Sequence[Clashes]


class Asking(Struct, frozen=True):
    """The effect of asking: the poll, whom each time clashes with, when the message is sent, and the message
    by language.
    """

    poll: TimePoll
    clashes: Sequence[Clashes]
    sent_at: datetime
    messages: Mapping[str, Message]


def load_for_asking(tx: Tx, actor: Actor, code: str, number: int, now: datetime) -> Editable:
    """The session to find a time for. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER."""
    editable = load_editable(tx, actor, code, now)
    if editable.session(number).cancelled or editable.offering.cancelled:
        raise KaikuError(Refusal.SESSION_OVER, offering=editable.offering)
    return editable


def list_polls(tx: Tx, actor: Actor, code: str, now: datetime) -> Sequence[TimePoll]:
    """The open polls of an offering, by session; at least one. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK, POLL_OVER.
    """
    offering = load_facilitated(tx, actor, code, "time_poll")
    found = sorted(time_polls.list_open(tx, offering.id, now), key=lambda each: each.number)
    if not found:
        raise KaikuError(Refusal.POLL_OVER)
    return found


def find_open(tx: Tx, offering: Offering, number: int, now: datetime) -> TimePoll | None:
    return next((each for each in time_polls.list_open(tx, offering.id, now) if each.number == number), None)


def judge(tx: Tx, actor: Actor, asked: AskedTimes, now: datetime) -> Judged:
    """What is wrong with the times, each alone and together; and whom they clash with. Raises KaikuError:
    UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER.
    """
    editable = load_for_asking(tx, actor, asked.session.code, asked.session.number, now)
    was = Candidate.of(editable.session(asked.session.number))
    earliest = WORK_CALENDAR.next_working_moment(now, editable.offering.timezone)
    faults: list[list[EditFault]] = []
    clashes: list[Clashes] = []
    for n, each in enumerate(asked.times):
        checked = check_edit(tx, actor, _edit(asked.session.code, asked, each), now)
        found = list(checked.faults)
        if each == was:
            found.append(EditFault.SAME_TIME)
        if each in asked.times[:n]:
            found.append(EditFault.TWICE)
        if not found and each.starts_at(editable.offering.timezone) <= earliest:
            found.append(EditFault.PAST)
        faults.append(found)
        clashes.append(checked.clashes)
    return Judged(faults, clashes)


def _edit(code: str, asked: AskedTimes, to: Candidate) -> PlanEdit:
    session = SessionEdit(to.on, to.starts, to.ends)
    return PlanEdit(code, asked.session.number, asked.version, session, despite=True)


def preview_asking(tx: Tx, actor: Actor, asked: AskedTimes, defaults: Defaults, now: datetime) -> Asking:
    """The effect of asking, found by asking and rolling back.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, CHANGED_MEANWHILE,
    NOBODY_TO_WRITE_TO.
    """
    judged = judge(tx, actor, asked, now)
    dry_run = tx.begin_nested()
    try:
        poll = ask_times(tx, actor, asked, now)
    finally:
        dry_run.rollback()
    people = [find_person(tx, each, defaults) for each in poll.asked]
    messages = {
        each.language: view.question(poll, each.id, words_for(each.language, each.timezone, now))
        for each in people
        if each is not None
    }
    sent_at = WORK_CALENDAR.next_working_moment(now, poll.offering.timezone)
    return Asking(poll, judged.clashes, sent_at, dict(sorted(messages.items())))


def ask_times(tx: Tx, actor: Actor, asked: AskedTimes, now: Now) -> TimePoll:
    """Ask everybody with a seat, and the other facilitators. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, CHANGED_MEANWHILE,
    NOBODY_TO_WRITE_TO.
    """
    code, number = asked.session.code, asked.session.number
    offering_rows.lock_offering(tx, code)
    at = read(now)
    editable = load_for_asking(tx, actor, code, number, at)
    offering = editable.offering
    standing = find_open(tx, offering, number, at)
    if standing is not None and list(standing.times) == list(asked.times):
        return standing
    is_wrong = not asked.times or any(judge(tx, actor, asked, at).faults)
    if standing is not None or is_wrong or asked.version != offering.timetable_version:
        raise KaikuError(Refusal.CHANGED_MEANWHILE)
    was = Candidate.of(editable.session(number))
    row = rows.add_poll(
        tx, offering.id, number, [str(each) for each in (was, *asked.times)], actor.person.id, at
    )
    poll = time_polls.to_poll(tx, row)
    if not poll.asked:
        raise KaikuError(Refusal.NOBODY_TO_WRITE_TO, offering=offering)
    note_act(tx, ActKind.ASKED_TIMES, actor=actor.person.id, offering=code, number=number, now=at)
    time_polls.ask(tx, poll, poll.asked, at)
    return poll


def load_poll(tx: Tx, actor: Actor, poll_id: int, now: datetime) -> TimePoll:
    """The poll, for those who may act for its offering, while it takes answers. Raises KaikuError: POLL_OVER,
    NOT_YOURS_TO_ASK.
    """
    poll = time_polls.find_poll(tx, poll_id)
    if poll is None:
        raise KaikuError(Refusal.POLL_OVER)
    require_facilitator(poll.offering, actor, "time_poll")
    if not poll.is_open(now):
        raise KaikuError(Refusal.POLL_OVER)
    return poll


def pick(tx: Tx, actor: Actor, poll_id: int, index: int | None, now: datetime) -> PlanEdit:
    """The change that moves the session to this time. Raises KaikuError: POLL_OVER, NOT_YOURS_TO_ASK."""
    poll = load_poll(tx, actor, poll_id, now)
    if index is None or index >= len(poll.times):
        raise KaikuError(Refusal.POLL_OVER)
    to = poll.times[index]
    version = poll.offering.timetable_version
    session = SessionEdit(to.on, to.starts, to.ends)
    return PlanEdit(poll.offering.code, poll.number, version, session, despite=True)


def close_poll(tx: Tx, actor: Actor, poll_id: int, now: Now) -> TimePoll:
    """End the poll without choosing. Raises KaikuError: POLL_OVER, NOT_YOURS_TO_ASK."""
    at = read(now)
    poll = load_poll(tx, actor, poll_id, at)
    closed = time_polls.close(tx, poll, at)
    note_act(
        tx,
        ActKind.CLOSED_POLL,
        actor=actor.person.id,
        offering=poll.offering.code,
        number=poll.number,
        now=at,
    )
    return closed
