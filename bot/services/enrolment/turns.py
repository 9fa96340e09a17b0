"""Turns of people who waited in vain: they are told when a group starts without them, and may keep their turn
for the next round of the strand.

A kept turn goes into the next enrolment in that strand. It takes no seat from anybody: free seats are still
first come, first served, but on the waiting list a kept turn is ahead of everybody without one.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState, line_closes_at, sign_up_opens_at
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.person import Person
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.offerings.catalogue import load_all_offerings, load_offering, load_offerings, state_of
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import turns as turn_rows
from storage import waiting_list
from storage.enrolment import EnrolmentRow
from storage.isolation import isolate_each
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx
from storage.turns import TurnRow

HELPS_FOR = timedelta(days=14)
"""How long after the start the message that a group started without somebody is still useful."""


def closes_at(offering: Offering) -> datetime | None:
    """When the waiting list of an offering closes; None without sessions."""
    return line_closes_at(
        closes_on=offering.closes_on,
        first_starts_at=offering.starts_at,
        last_ends_at=offering.ends_at,
        timezone=offering.timezone,
    )


def told_at(offering: Offering, timezone: str, now: datetime) -> datetime | None:
    """When a waiting person is told that the group starts without them: in their office hours."""
    closed_at = closes_at(offering)
    if closed_at is None:
        return None
    return WORK_CALENDAR.next_working_moment(max(closed_at, now), timezone, SEAT_NEWS_HOURS)


def plan_started_without(tx: Tx, offering: Offering, waiting: Sequence[EnrolmentRow], now: datetime) -> None:
    """Plan the message for these waiting enrolments, or move it to the current closing of the waiting list.
    Whether they still wait is checked when it is due.
    """
    closed_at = closes_at(offering)
    if closed_at is None or offering.cancelled or closed_at + HELPS_FOR <= now:
        return
    due_at = WORK_CALENDAR.next_working_moment(closed_at, offering.timezone, SEAT_NEWS_HOURS)
    rows = [
        {
            "kind": DeliveryKind.STARTED_WITHOUT,
            "recipient": enrolment.person_id,
            "subject": offering.code,
            "occurrence": str(enrolment.id),
            "due_at": due_at,
            "expires_at": closed_at + HELPS_FOR,
        }
        for enrolment in waiting
    ]
    delivery_rows.add_deliveries(tx, rows, now)


def replan(tx: Tx, offering_ids: Collection[int], now: datetime) -> None:
    """Update all these messages about these offerings after their sessions or sign-up may have moved."""
    offerings = load_offerings(tx, offering_ids).values()
    lines = waiting_list.list_waiting_in_many(tx, offering_ids)
    waited_for = {each.code: each for each in offerings if each.id in lines}
    kinds = (DeliveryKind.STARTED_WITHOUT,)
    moved = []
    for planned in delivery_rows.list_about(tx, kinds=kinds, subjects=waited_for, recipients=None):
        offering = waited_for[planned.subject]
        if planned.state == DeliveryState.PLANNED and (closed_at := closes_at(offering)) is not None:
            due_at = WORK_CALENDAR.next_working_moment(closed_at, offering.timezone, SEAT_NEWS_HOURS)
            anew = planned._replace(due_at=due_at, expires_at=closed_at + HELPS_FOR)
            moved += [anew] if anew != planned else []
    delivery_rows.plan_anew(tx, moved)
    for offering in waited_for.values():
        plan_started_without(tx, offering, lines[offering.id], now)
    plan_turn_news(tx, offerings, now)


def keep_news(tx: Tx, now: datetime) -> None:
    """At the start: plan the messages for people who have waited since before these messages existed."""
    waited_for = {of for of, (_held, waiting) in offering_rows.count_held_and_waiting(tx).items() if waiting}
    offerings = load_all_offerings(tx) if waited_for else []

    def keep(offering: Offering) -> None:
        plan_started_without(tx, offering, waiting_list.list_waiting_in(tx, offering.id), now)

    standing = {each.code: each for each in offerings if each.id in waited_for and not each.cancelled}
    isolate_each(tx, "news_not_kept", standing, keep)


class KeptTurn(Struct, frozen=True):
    """A turn kept now; ``offering`` is the one that started without the person."""

    offering: Offering


def keep_turn(tx: Tx, person: Person, code: str, now: datetime) -> KeptTurn:
    """Keep the place for the next round of the strand. Idempotent. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_ENROLLED, STILL_IN_LINE.
    """
    offering = load_offering(tx, code)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if enrolment is None or enrolment.status != Status.WAITING:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    closed_at = closes_at(offering)
    if closed_at is None or now < closed_at:
        raise KaikuError(Refusal.STILL_IN_LINE, offering=offering)
    turn = enrolment.turn if enrolment.turn is not None else enrolment.id
    turn_rows.keep_turn(tx, person.id, offering.strand_id, turn, now)
    others = [
        other
        for other in load_all_offerings(tx)
        if other.strand_id == offering.strand_id and state_of(other, now) is SignUpState.NOT_YET
    ]
    plan_turn_news(tx, others, now)
    return KeptTurn(offering)


def give_up_turn(tx: Tx, person: Person, code: str) -> KeptTurn:
    """Delete the kept turn. Raises KaikuError: UNKNOWN_OFFERING."""
    offering = load_offering(tx, code)
    turn_rows.delete_turn(tx, person.id, offering.strand_id)
    return KeptTurn(offering)


def plan_turn_news(tx: Tx, offerings: Collection[Offering], now: datetime) -> None:
    """Plan the message that sign-up to these offerings opens, to everybody with a kept turn in their
    strand.
    """
    kept: dict[int, list[TurnRow]] = {}
    for row in turn_rows.list_turns_in(tx, {each.strand_id for each in offerings}):
        kept.setdefault(row.strand_id, []).append(row)
    for offering in offerings:
        if offering.strand_id in kept:
            _plan_turn_news(tx, offering, kept[offering.strand_id], now)


def _plan_turn_news(tx: Tx, offering: Offering, kept: Iterable[TurnRow], now: datetime) -> None:
    state = state_of(offering, now)
    closed_at = closes_at(offering)
    if state not in {SignUpState.NOT_YET, SignUpState.OPEN} or closed_at is None or closed_at <= now:
        return
    opens_at = sign_up_opens_at(offering.opens_on, offering.timezone)
    due_at = WORK_CALENDAR.next_working_moment(
        max(opens_at, now) if opens_at is not None else now, offering.timezone, SEAT_NEWS_HOURS
    )
    subjects = (offering.code,)
    planned = {
        each.recipient: each
        for each in delivery_rows.list_about(
            tx, kinds=(DeliveryKind.TURN_OPEN,), subjects=subjects, recipients=None
        )
    }
    new, moved = [], []
    for each in kept:
        before = planned.get(each.person_id)
        if before is None:
            new.append(
                {
                    "kind": DeliveryKind.TURN_OPEN,
                    "recipient": each.person_id,
                    "subject": offering.code,
                    "occurrence": "",
                    "due_at": due_at,
                    "expires_at": closed_at,
                }
            )
        elif before.state == DeliveryState.PLANNED:
            anew = before._replace(due_at=due_at, expires_at=closed_at)
            moved += [anew] if anew != before else []
    delivery_rows.plan_anew(tx, moved)
    delivery_rows.add_deliveries(tx, new, now)
