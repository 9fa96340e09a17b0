"""The end of an offer: accepted, declined or lapsed. Under the offering's lock the first of them wins; a
later click is told what happened.
"""

from datetime import datetime

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.carried.offerings import OfferRef
from bot.domain.deliveries import Occurrence
from bot.domain.enrolment.offers import LAPSES_TO_THE_BACK, Outcome
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Standing
from bot.domain.people.person import Person
from bot.services.acts import note_act
from bot.services.deliveries.declaration import Settled
from bot.services.deliveries.rendered import Skipped
from bot.services.enrolment import offers
from bot.services.enrolment.follow import follow_seats
from bot.services.enrolment.leave import leave, require_not_over
from bot.services.enrolment.lock import lock_line, to_locked
from bot.services.enrolment.promote import fill
from bot.services.offerings.catalogue import standing_of
from storage import enrolment as enrolment_rows
from storage import offers as offer_rows
from storage.enrolment import EnrolmentRow
from storage.offerings import catalogue as offering_rows
from storage.offers import OfferRow
from storage.transaction import Tx


class Answered(Struct, frozen=True):
    """How the offer ended, by this click or before it; ``standing`` is the person's standing now, None if
    they are off the waiting list.
    """

    offering: Offering
    outcome: Outcome
    until: datetime
    again: bool
    """They have let more than one offer lapse."""
    standing: Standing | None


def accept(tx: Tx, person: Person, ref: OfferRef, now: Now) -> Answered:
    """Take the offered seat. Idempotent. Raises KaikuError: UNKNOWN_OFFERING, OFFER_GONE, OFFERING_PAST, and
    those of ``Person.require_may_join``.
    """
    offering, enrolment, offer = _find(tx, person, ref)
    person.require_may_join()
    at = read(now)
    if offer.outcome is None:
        require_not_over(offering, at)
        if offers.is_over(tx, offering, offer, at):
            offers.lapse(tx, offering, [offer], at)
            fill(tx, offering, at)
        else:
            offers.end(tx, enrolment.id, Outcome.ACCEPTED, at)
            who, code = person.id, offering.code
            note_act(tx, ActKind.ACCEPTED, now=at, actor=who, person=who, offering=code)
            follow_seats(tx, offering, enrolment_rows.set_status(tx, [enrolment.id], Status.SEATED, at), at)
    return _as_it_stands(tx, offering, ref)


def decline(tx: Tx, person: Person, ref: OfferRef, now: Now) -> Answered:
    """Decline the seat and leave the waiting list. Idempotent; a person who has the seat already keeps it.
    Raises KaikuError: UNKNOWN_OFFERING, OFFER_GONE, OFFERING_PAST.
    """
    offering, enrolment, offer = _find(tx, person, ref)
    at = read(now)
    if offer.outcome is None:
        require_not_over(offering, at)
        leave(tx, offering, enrolment.id, Status.WITHDRAWN, at)
    return _as_it_stands(tx, offering, ref)


def _find(tx: Tx, person: Person, ref: OfferRef) -> tuple[Offering, EnrolmentRow, OfferRow]:
    offering = lock_line(tx, ref.code).offering
    offer = offer_rows.get_offer(tx, ref.offer_id)
    if offer is None or (offer.person_id, offer.offering_id) != (person.id, offering.id):
        raise KaikuError(Refusal.OFFER_GONE)
    enrolment = enrolment_rows.get_enrolment(tx, offer.enrolment_id)
    assert enrolment is not None
    return offering, enrolment, offer


def _as_it_stands(tx: Tx, offering: Offering, ref: OfferRef) -> Answered:
    offer = offer_rows.get_offer(tx, ref.offer_id)
    assert offer is not None
    assert offer.outcome is not None
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, offer.person_id)
    standing = standing_of(tx, offering, enrolment) if enrolment is not None else None
    again = offer_rows.count_lapsed(tx, offer.enrolment_id) >= LAPSES_TO_THE_BACK
    return Answered(offering, Outcome(offer.outcome), offer.until, again, standing)


def end_in_time(tx: Tx, settled: Settled) -> None:
    """The time of an offer is over: unless it was answered, it lapses, and the seat is passed on."""
    if not isinstance(settled.outcome, Skipped):
        return
    offer_id = Occurrence.parse(settled.delivery.occurrence).of_offer
    offering = to_locked(tx, offering_rows.lock_offering(tx, settled.delivery.subject))
    offer = offer_rows.get_offer(tx, offer_id)
    if offering is None or offer is None or offer.outcome is not None:
        return
    now = read(settled.under_lock)
    if offers.is_over(tx, offering, offer, now):
        offers.lapse(tx, offering, [offer], now)
        fill(tx, offering, now)
