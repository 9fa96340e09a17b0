"""What follows from a sign-up and from seats that change hands: in one place, one line for each
capability."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.acts import ActKind
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Person
from bot.services.acts import note_acts
from bot.services.announcements import posts
from bot.services.deliveries import outbox
from bot.services.enrolment.turns import plan_started_without
from bot.services.offerings import reminders, time_polls
from storage import absence as absence_rows
from storage import prompts as prompt_rows
from storage import waiting_list
from storage.enrolment import EnrolmentRow
from storage.transaction import Tx


def follow_seated(tx: Tx, person: Person, offering: Offering, enrolment: EnrolmentRow, now: datetime) -> None:
    """Apply what follows from a sign-up that got a seat."""
    reminders.plan_first(tx, offering, [enrolment], now)
    prompt_rows.mark_stale(tx, [person.id])
    posts.seats_changed(tx, [offering.id], now)
    time_polls.follow_seats(tx, offering.id, now)
    _follow_sign_ups(tx, offering, [(person, enrolment)], now)


def follow_waiting(
    tx: Tx, offering: Offering, added: Sequence[tuple[Person, EnrolmentRow]], now: datetime
) -> None:
    """Apply what follows from sign-ups that wait: no post changes, and there are no reminders or prompts."""
    plan_started_without(tx, offering, [enrolment for _, enrolment in added], now)
    _follow_sign_ups(tx, offering, added, now)


def _follow_sign_ups(
    tx: Tx, offering: Offering, added: Sequence[tuple[Person, EnrolmentRow]], now: datetime
) -> None:
    people = [person.id for person, _ in added]
    note_acts(tx, ActKind.JOINED, people, offering=offering.code, now=now)
    outbox.plan_confirmations(tx, offering.code, [(row.person_id, row.id) for _, row in added], now)
    outbox.plan_home(tx, [person.id for person, _ in added if person.has_home], now)


def follow_draw(
    tx: Tx, offering: Offering, seated: Sequence[tuple[EnrolmentRow, datetime]], now: datetime
) -> None:
    """Apply what follows when these enrolments got their seats in a draw; each with the time its person is
    told.
    """
    told = [enrolment._replace(told_at=told_at) for enrolment, told_at in seated]
    reminders.plan_first(tx, offering, told, now)
    for told_at in sorted({each.told_at for each in told}):  # one for each time zone
        rows = [(each.person_id, each.id) for each in told if each.told_at == told_at]
        outbox.plan_confirmations(tx, offering.code, rows, now, told_at)
    time_polls.follow_seats(tx, offering.id, now)
    prompt_rows.mark_stale(tx, [enrolment.person_id for enrolment, _ in seated])
    posts.seats_changed(tx, [offering.id], now)


def follow_beside(tx: Tx, offering: Offering, people: Sequence[str], now: datetime) -> None:
    """These people may hold fewer seats in a draw than one person gets: a free seat in another offering where
    they wait may be theirs now. The delivery, not this function, locks that offering, so that locks are taken
    in one order.
    """
    for person_id, code in waiting_list.list_lines_beside(tx, offering.id, people):
        outbox.plan_line_moves(tx, person_id, code, now)


def follow_seats(tx: Tx, offering: Offering, changed: Sequence[tuple[int, str]], now: datetime) -> None:
    """Apply what follows when these enrolments (id, person) got or lost a seat, or left the waiting list,
    where places then change.
    """
    people = [person_id for _, person_id in changed]
    follow_beside(tx, offering, people, now)
    absence_rows.take_back(tx, offering.id, people, now)  # a person who signs up again comes to every session
    reminders.replan(tx, offering.id, now, person_ids=people)
    prompt_rows.mark_stale(tx, people)
    outbox.plan_edits(tx, [enrolment_id for enrolment_id, _ in changed], now)
    outbox.plan_home(tx, people, now)
    outbox.plan_home_of_waiting(tx, offering.id, now)
    posts.seats_changed(tx, [offering.id], now)
    time_polls.follow_seats(tx, offering.id, now)
