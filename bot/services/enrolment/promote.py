"""Passing free seats on to the next people on the waiting list who fit: as offers, or at once where the plan
says so.

Each function requires the offering's lock. docs/decisions/0003 has the rules.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import known_or
from bot.domain.enrolment.offers import Outcome, next_offered
from bot.domain.enrolment.seats import InLine, Status, next_seated
from bot.domain.enrolment.sign_up import SignUpState, seats_move_on
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import seat_news_at
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.enrolment import offers
from bot.services.enrolment.follow import follow_beside, follow_seats
from bot.services.enrolment.lock import to_locked
from bot.services.offerings.catalogue import list_undrawn, state_of
from storage import enrolment as enrolment_rows
from storage import people as person_rows
from storage import waiting_list
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


class Filled(NamedTuple):
    """The user ids of the people who got a seat, and of those who are offered one."""

    seated: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()

    def and_then(self, more: "Filled") -> "Filled":
        return Filled(self.seated + more.seated, self.offered + more.offered)


def fill_seats(tx: Tx, offering_id: int, now: Now) -> Filled:
    """Pass on the free seats of an offering. Each person is told."""
    offering = to_locked(tx, offering_rows.lock_offering_by_id(tx, offering_id))
    return fill(tx, offering, read(now)) if offering is not None else Filled()


def fill_all(tx: Tx, offering_ids: Collection[int], now: datetime) -> Filled:
    """Pass on the free seats of many offerings, in order of id as everywhere: those where somebody waits or
    is offered a seat, and cancelled ones, whose people may wait elsewhere.
    """
    called_off = {
        row.id for row in offering_rows.list_dates(tx) if row.id in offering_ids and row.is_called_off
    }
    filled = Filled()
    for offering_id in sorted(called_off | waiting_list.list_lines(tx, offering_ids)):
        filled = filled.and_then(fill_seats(tx, offering_id, now))
    return filled


def fill(tx: Tx, offering: Offering, now: datetime) -> Filled:
    """Pass on the free seats of a locked offering to people who fit. Every path that frees or adds a seat
    ends here, in its own transaction.
    """
    state = state_of(offering, now)
    if state in {SignUpState.CANCELLED, SignUpState.PAST}:
        if state is SignUpState.CANCELLED:
            follow_beside(tx, offering, enrolment_rows.list_held_by(tx, offering.id), now)
        offers.void_all(tx, offering, now)
        return Filled()
    offers.lapse_overdue(tx, offering, now)
    held = enrolment_rows.count_held_by_agency(tx, offering.id)
    free = offers.free_seats(tx, offering, held)
    if not free or not passes_on(tx, offering, state, now):
        return Filled()
    line = [InLine(*waiting) for waiting in waiting_list.list_waiting(tx, offering.id)]
    if not offering.offers.on:
        return Filled(seated=tuple(seat(tx, offering, next_seated(offering.limits, held, line), now)))
    chosen = next_offered(offering.limits, held, line, free)
    return Filled(offered=tuple(offers.make(tx, offering, chosen, now)))


def passes_on(tx: Tx, offering: Offering, state: SignUpState, now: datetime) -> bool:
    """Whether a free seat is passed on automatically: an offered one until the cut-off, after which the
    facilitator decides; one given at once until the start. Before a draw, free seats go into the draw.
    """
    if not seats_move_on(state, offering.starts_at, now) or list_undrawn(tx, [offering]):
        return False
    cutoff = offers.cutoff_of(offering)
    return not offering.offers.on or cutoff is None or now < cutoff


def seat_out_of_turn(
    tx: Tx, offering: Offering, enrolment_id: int, now: datetime, *, actor: str | None = None
) -> list[str]:
    """Give a person who waits or is offered a seat one at once, ahead of others: a facilitator's decision.
    Returns their user id; does nothing for anybody else. The caller checks that there is room.
    """
    enrolment = enrolment_rows.get_enrolment(tx, enrolment_id)
    if enrolment is None or enrolment.status not in {Status.WAITING, Status.OFFERED}:
        return []
    offers.end(tx, enrolment_id, Outcome.ACCEPTED, now)
    return seat(tx, offering, [enrolment_id], now, actor=actor)


def seat(
    tx: Tx, offering: Offering, enrolment_ids: list[int], now: datetime, *, actor: str | None = None
) -> list[str]:
    """Give these enrolments seats, plan a message to each person, and return the user ids. ``actor``: who
    decided it, if it was not Kaiku."""
    if not enrolment_ids:
        return []
    seated = enrolment_rows.set_status(tx, enrolment_ids, Status.SEATED, now)
    for enrolment_id, person_id in seated:
        note_act(tx, ActKind.SEATED, now=now, actor=actor, person=person_id, offering=offering.code)
        told_at = _told_of_seat_at(tx, offering, enrolment_id, person_id, now)
        enrolment_rows.set_told_at(tx, enrolment_id, told_at)
        outbox.plan_promotion(tx, person_id, offering.code, enrolment_id, told_at, now)
    offers.free_seats(tx, offering, enrolment_rows.count_held_by_agency(tx, offering.id))
    follow_seats(tx, offering, seated, now)
    return [person_id for _, person_id in seated]


def _told_of_seat_at(
    tx: Tx, offering: Offering, enrolment_id: int, person_id: str, now: datetime
) -> datetime:
    if outbox.owes_confirmation(tx, enrolment_id):
        return now  # they signed up a moment ago and expect an answer
    person = person_rows.get_person(tx, person_id)
    timezone = known_or(person.timezone if person else None, offering.timezone)
    starts_at = next((each.starts_at for each in offering.standing_sessions if each.starts_at > now), None)
    return seat_news_at(now, starts_at, timezone, WORK_CALENDAR)
