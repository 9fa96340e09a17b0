"""Polls on the time of a session: who is asked, what they answer, and when a poll is over.
``bot.services.plan.find_time`` decides what is asked, and what follows from the answers.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from bot.clock import Now, read
from bot.domain.deliveries import DeliveryKind, DeliveryState, Subject
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import is_address
from bot.domain.offerings.time_poll import Candidate, TimePoll
from bot.domain.people.person import Person
from bot.domain.plan.asked_times import TimeChoice
from bot.services.deliveries import outbox
from bot.services.offerings.catalogue import load_offering_by_id
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import time_polls as rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx

MESSAGES = (DeliveryKind.TIME_POLL,)


def find_poll(tx: Tx, poll_id: int) -> TimePoll | None:
    row = rows.get_poll(tx, poll_id)
    return to_poll(tx, row) if row is not None else None


def list_open(tx: Tx, offering_id: int, now: datetime) -> list[TimePoll]:
    """The polls of this offering that still take answers, by session."""
    found = [to_poll(tx, row) for row in rows.list_unclosed(tx, [offering_id])]
    return sorted((each for each in found if each.is_open(now)), key=lambda each: each.number)


def to_poll(tx: Tx, row: rows.PollRow) -> TimePoll:
    offering = load_offering_by_id(tx, row.offering_id)
    was, *times = (Candidate.parse(each) for each in row.times)
    led_by = [each for each in offering.facilitators if not is_address(each) and each != row.asked_by]
    return TimePoll(
        row.id,
        offering,
        row.number,
        was,
        times,
        row.asked_by,
        seated=enrolment_rows.list_seated(tx, offering.id),
        facilitators=led_by,
        closed_at=row.closed_at,
        answers=rows.list_answers(tx, row.id),
    )


def ask(tx: Tx, poll: TimePoll, person_ids: Sequence[str], now: datetime) -> None:
    """Plan the message of this poll to these people. Idempotent."""
    subject = str(Subject(poll.offering.code, session=poll.number))
    about = [
        {
            "kind": DeliveryKind.TIME_POLL,
            "recipient": each,
            "subject": subject,
            "occurrence": str(poll.id),
            "due_at": now,
            "expires_at": poll.closes_at,
        }
        for each in person_ids
    ]
    delivery_rows.add_deliveries(tx, about, now)


def answer(tx: Tx, person: Person, choice: TimeChoice, now: Now) -> TimePoll:
    """Record whether one time suits the person, or that none does. Raises KaikuError: POLL_OVER,
    NOT_ENROLLED.
    """
    row = rows.get_poll(tx, choice.poll_id)
    if row is not None:
        offering_rows.lock_offering_by_id(tx, row.offering_id)
        row = rows.get_poll(tx, choice.poll_id)  # it may have been closed meanwhile
    if row is None:
        raise KaikuError(Refusal.POLL_OVER)
    at = read(now)
    poll = to_poll(tx, row)
    if person.id not in poll.asked:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=poll.offering)
    if not poll.is_open(at) or (choice.index is not None and choice.index >= len(poll.times)):
        raise KaikuError(Refusal.POLL_OVER)
    answered = poll.answers.get(person.id)
    suits = choice.added_to(answered or frozenset())
    if suits == answered:
        return poll
    rows.set_answer(tx, choice.poll_id, person.id, sorted(suits), at)
    _edit_messages(tx, poll, at, [person.id])
    return to_poll(tx, row)


def close(tx: Tx, poll: TimePoll, now: datetime) -> TimePoll:
    """Close the poll and edit its messages. Returns the poll as it is now."""
    rows.close_poll(tx, poll.id, now)
    closed = replace(poll, closed_at=now)
    _edit_messages(tx, closed, now)
    return closed


def reach_end(tx: Tx, poll_id: int, now: datetime) -> None:
    """The poll's time is over: close it, unless that was done before."""
    row = rows.get_poll(tx, poll_id)
    if row is not None and row.closed_at is None:
        close(tx, to_poll(tx, row), now)


def follow_plan(tx: Tx, offering_ids: Sequence[int], now: datetime) -> None:
    """Close the polls of sessions that have moved since."""
    for row in rows.list_unclosed(tx, offering_ids):
        poll = to_poll(tx, row)
        if not poll.is_open(now):
            close(tx, poll, now)


def follow_seats(tx: Tx, offering_id: int, now: datetime) -> None:
    """Seats have changed hands: ask people who have one now, and tell those who no longer have."""
    for row in rows.list_unclosed(tx, [offering_id]):
        poll = to_poll(tx, row)
        if poll.is_open(now):
            ask(tx, poll, poll.asked, now)
            _edit_messages(tx, poll, now, without=poll.asked)


def _edit_messages(
    tx: Tx, poll: TimePoll, now: datetime, only: Sequence[str] | None = None, without: Sequence[str] = ()
) -> None:
    subject = str(Subject(poll.offering.code, session=poll.number))
    found = delivery_rows.list_about(tx, kinds=MESSAGES, subjects=(subject,), recipients=only)
    over = []
    for each in found:
        if each.occurrence != str(poll.id) or each.recipient in without:
            continue
        if each.state == DeliveryState.PLANNED and not poll.is_open(now):
            over.append(each._replace(state=DeliveryState.CANCELLED, reason="poll_over"))
        elif each.ts is not None:
            outbox.plan_edit(tx, each.id, each.recipient, now)
    delivery_rows.plan_anew(tx, over)
