"""Leaving, and the seats of accounts that are deactivated and reactivated."""

from datetime import datetime

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.enrolment.offers import Outcome
from bot.domain.enrolment.seats import Status, reason_to_wait
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Person
from bot.services.acts import note_act
from bot.services.deliveries import outbox
from bot.services.enrolment import offers
from bot.services.enrolment.follow import follow_seats
from bot.services.enrolment.lock import lock_all_of, lock_line
from bot.services.enrolment.preferences import take_back
from bot.services.enrolment.promote import fill
from bot.services.enrolment.turns import plan_started_without
from bot.services.offerings.catalogue import state_of
from storage import enrolment as enrolment_rows
from storage import needs as need_rows
from storage import offers as offer_rows
from storage import prompts as prompt_rows
from storage import waiting_list
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


class Withdrawn(Struct, frozen=True):
    """The outcome of leaving: what the person gave up, when, and whether it is still free."""

    offering: Offering
    was: Status
    at: datetime
    can_return: bool = True


def withdraw(tx: Tx, person: Person, code: str, now: Now) -> Withdrawn:
    """Leave an offering; a freed seat goes to the next person on the waiting list who fits, who is told.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED, OFFERING_PAST.
    """
    offering = lock_line(tx, code).offering
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    at = read(now)
    if enrolment is None:
        if offering.draw is not None and take_back(tx, person, offering, at):
            return Withdrawn(offering, Status.IN_DRAW, at)
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    require_not_over(offering, at)
    was = Status(enrolment.status)
    leave(tx, offering, enrolment.id, Status.WITHDRAWN, at)
    return Withdrawn(offering, was, at, was is not Status.SEATED or _is_free(tx, offering, enrolment.agency))


def _is_free(tx: Tx, offering: Offering, agency: str) -> bool:
    """Whether the seat just given up could be taken back: nobody waiting got it or is offered it."""
    held, _ = enrolment_rows.count_standing(tx, offering.id)
    return reason_to_wait(offering.limits, held, agency) is None


def require_not_over(offering: Offering, now: datetime) -> None:
    """Raise KaikuError if the offering is over: OFFERING_PAST."""
    if state_of(offering, now) is SignUpState.PAST:
        raise KaikuError(Refusal.OFFERING_PAST, offering=offering)


def hold_everywhere(tx: Tx, person_id: str, until: datetime, now: datetime) -> None:
    """Keep the seats of a deactivated account until then, because many accounts are reactivated the
    same day.
    """
    if enrolment_rows.list_standing_enrolments(tx, person_id):
        outbox.plan_seat_hold(tx, person_id, until, now)
        prompt_rows.mark_stale(tx, [person_id])


def give_back_offers(tx: Tx, person_id: str, now: Now) -> None:
    """End the offers of an account that can hold no seat any more: the seats go to the next person waiting at
    once. The places on waiting lists stay, for when the account can hold seats again.
    """
    for enrolment, offering in lock_all_of(tx, person_id):
        if offer_rows.get_standing_offer(tx, enrolment.id) is not None:
            leave(tx, offering, enrolment.id, Status.WAITING, read(now))


def welcome_back(tx: Tx, person_id: str, now: Now) -> None:
    """Restore a reactivated account: held seats stay, the person is told of seats lost meanwhile, and gets
    free seats where they wait.
    """
    standing = lock_all_of(tx, person_id)
    now = read(now)
    outbox.end_seat_hold(tx, person_id)
    prompt_rows.mark_stale(tx, [person_id])
    for enrolment in enrolment_rows.list_removed(tx, person_id):
        offering = offering_rows.get_offering_by_id(tx, enrolment.offering_id)
        assert offering is not None
        outbox.plan_edits(tx, [enrolment.id], now)  # while deactivated the person got no edits: plan them now
        outbox.plan_seat_lost(tx, person_id, offering.code, enrolment.id, now)
    for _, offering_standing in standing:
        fill(tx, offering_standing, now)


def remove_everywhere(tx: Tx, person_id: str, now: Now) -> None:
    """Free all seats of a person whose account was deactivated."""
    standing = lock_all_of(tx, person_id)
    now = read(now)
    for enrolment, offering in standing:
        leave(tx, offering, enrolment.id, Status.REMOVED, now)


def leave(
    tx: Tx,
    offering: Offering,
    enrolment_id: int,
    status: Status,
    now: datetime,
    *,
    is_noted: bool = False,
) -> None:
    """End an enrolment, or move it to the waiting list; the offering's lock is held. A freed seat is passed
    on. ``is_noted``: a facilitator did it, and it is in the log of acts already.
    """
    outcome = Outcome.DECLINED if status is Status.WITHDRAWN else Outcome.VOID
    offer = offers.end(tx, enrolment_id, outcome, now)
    left = enrolment_rows.set_status(tx, [enrolment_id], status, now)
    for _, person_id in left if not is_noted else ():
        if status is Status.WITHDRAWN:
            act = ActKind.LEFT if offer is None else ActKind.DECLINED
            note_act(tx, act, now=now, actor=person_id, person=person_id, offering=offering.code)
        elif status is Status.REMOVED:
            note_act(tx, ActKind.REMOVED, now=now, person=person_id, offering=offering.code)
    if status in {Status.WITHDRAWN, Status.REMOVED}:
        need_rows.delete_needs(tx, offering.id, [person_id for _, person_id in left])
    follow_seats(tx, offering, left, now)
    fill(tx, offering, now)
    if status is Status.WAITING:
        plan_started_without(tx, offering, waiting_list.list_waiting_in(tx, offering.id), now)
