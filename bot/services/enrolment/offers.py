"""Beginning and ending offers of seats. Each function requires the offering's lock; the caller passes on a
seat freed by an end (``promote.fill``).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import known_or
from bot.domain.deliveries import DeliveryKind, DeliveryState, Occurrence
from bot.domain.enrolment.offers import LAPSES_TO_THE_BACK, Outcome, cutoff_at, number_seats, open_until
from bot.domain.enrolment.seats import Status
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.services.acts import note_acts
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.enrolment.follow import follow_seats
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import offers as offer_rows
from storage import people as person_rows
from storage import waiting_list
from storage.offers import OfferRow
from storage.transaction import Tx


def cutoff_of(offering: Offering) -> datetime | None:
    """The time from which no seat of the offering is passed on automatically; None without sessions."""
    return cutoff_at(offering.starts_at, offering.offers, offering.timezone, WORK_CALENDAR)


def until_when(offering: Offering, told_at: datetime, timezone: str) -> datetime | None:
    """Until when an offer told at ``told_at`` may be answered; None if there is too little time for one."""
    return open_until(
        told_at,
        offering.offers,
        offering.starts_at,
        cutoff_of(offering),
        timezone,
        WORK_CALENDAR,
        SEAT_NEWS_HOURS,
    )


def free_seats(tx: Tx, offering: Offering, held: Mapping[str, int]) -> list[int]:
    """The numbers of the free seats; ``held`` counts held seats by agency."""
    known, opened = offer_rows.get_seats(tx, offering.id)
    free, now_opened = number_seats(max(offering.limits.capacity - sum(held.values()), 0), known, opened)
    if (free, now_opened) != (known, opened):
        offer_rows.set_seats(tx, offering.id, free, now_opened)
    return free


def take_seats(tx: Tx, offering: Offering, seats: Collection[int]) -> None:
    """Mark the seats with these numbers as held."""
    free, opened = offer_rows.get_seats(tx, offering.id)
    offer_rows.set_seats(tx, offering.id, [each for each in free if each not in seats], opened)


def make(tx: Tx, offering: Offering, chosen: Sequence[tuple[int, int]], now: datetime) -> list[str]:
    """Offer free seats to people who wait, as pairs of an enrolment's id and a seat's number; return the user
    ids of the people asked. People with too little time to answer are left out.
    """
    made = [_make(tx, offering, enrolment_id, seat, now) for enrolment_id, seat in chosen]
    asked = [offer for offer in made if offer is not None]
    if not asked:
        return []
    take_seats(tx, offering, {offer.seat for offer in asked})
    people = [offer.person_id for offer in asked]
    note_acts(tx, ActKind.OFFERED, people, now=now, offering=offering.code, by_kaiku=True)
    changed = enrolment_rows.set_status(tx, [offer.enrolment_id for offer in asked], Status.OFFERED, now)
    follow_seats(tx, offering, changed, now)
    return people


def _make(tx: Tx, offering: Offering, enrolment_id: int, seat: int, now: datetime) -> OfferRow | None:
    enrolment = enrolment_rows.get_enrolment(tx, enrolment_id)
    assert enrolment is not None
    person = person_rows.get_person(tx, enrolment.person_id)
    timezone = known_or(person.timezone if person else None, offering.timezone)
    told_at = WORK_CALENDAR.next_working_moment(now, timezone, SEAT_NEWS_HOURS)
    until = until_when(offering, told_at, timezone)
    if until is None:
        return None
    offer = offer_rows.add_offer(
        tx,
        offering_id=offering.id,
        enrolment_id=enrolment_id,
        person_id=enrolment.person_id,
        seat=seat,
        told_at=told_at,
        until=until,
        now=now,
    )
    outbox.plan_offer(tx, offer, offering.code, now)
    return offer


def end(tx: Tx, enrolment_id: int, outcome: Outcome, now: datetime) -> OfferRow | None:
    """End the enrolment's standing offer, if any. The seat is free again unless it was taken; the caller
    decides about the enrolment.
    """
    offer = offer_rows.get_standing_offer(tx, enrolment_id)
    if offer is not None:
        _end(tx, offer, outcome, now)
    return offer


def _end(tx: Tx, offer: OfferRow, outcome: Outcome, now: datetime) -> None:
    offer_rows.end_offer(tx, offer.id, outcome, now)
    if outcome is Outcome.ACCEPTED:
        return
    known, opened = offer_rows.get_seats(tx, offer.offering_id)
    free = sorted({*known, offer.seat})
    offer_rows.set_seats(tx, offer.offering_id, free, opened)
    if outcome is not Outcome.VOID:
        waiting_list.set_let_go(tx, offer.enrolment_id, free[-1])


def was_told(tx: Tx, offer: OfferRow) -> bool:
    """Whether the person was sent the offer."""
    about = str(Occurrence(offer.enrolment_id, offer_id=offer.id))
    found = delivery_rows.find_about(tx, DeliveryKind.OFFER, about)
    return found is not None and found.state in {DeliveryState.SENT, DeliveryState.UNKNOWN}


def is_being_told(tx: Tx, offer: OfferRow) -> bool:
    """Whether the offer is still to be sent."""
    return delivery_rows.is_open(
        tx, DeliveryKind.OFFER, str(Occurrence(offer.enrolment_id, offer_id=offer.id))
    )


def is_over(tx: Tx, offering: Offering, offer: OfferRow, now: datetime) -> bool:
    """Whether the offer's time is over. No offer outlives the start, even one made for a later start;
    otherwise the time is not over before the offer was sent.
    """
    if offering.starts_at is not None and now >= offering.starts_at:
        return True
    return now >= offer.until and not is_being_told(tx, offer)


def lapse(tx: Tx, offering: Offering, over: Sequence[OfferRow], now: datetime) -> None:
    """Let these offers lapse: each person keeps waiting at their place, the second time at the back. For a
    person who was never told of the offer, it does not count as lapsed.
    """
    for offer in over:
        _lapse(tx, offering, offer, now)
    people = [offer.person_id for offer in over]
    note_acts(tx, ActKind.LAPSED, people, now=now, offering=offering.code, by_kaiku=True)
    _keep_waiting(tx, offering, over, now)


def _lapse(tx: Tx, offering: Offering, offer: OfferRow, now: datetime) -> None:
    outcome = Outcome.LAPSED if was_told(tx, offer) else Outcome.UNHEARD
    _end(tx, offer, outcome, now)
    if outcome is Outcome.UNHEARD:
        return
    if offer_rows.count_lapsed(tx, offer.enrolment_id) >= LAPSES_TO_THE_BACK:
        enrolment = enrolment_rows.get_enrolment(tx, offer.enrolment_id)
        assert enrolment is not None
        waiting_list.send_to_the_back(tx, enrolment)
    person = person_rows.get_person(tx, offer.person_id)
    timezone = known_or(person.timezone if person else None, offering.timezone)
    told_at = WORK_CALENDAR.next_working_moment(now, timezone, SEAT_NEWS_HOURS)
    outbox.plan_offer_lapsed(tx, offer, offering.code, told_at, now)


def lapse_overdue(tx: Tx, offering: Offering, now: datetime) -> None:
    """End the offers whose time is over and that are still standing."""
    standing = offer_rows.list_standing_offers(tx, offering.id)
    lapse(tx, offering, [offer for offer in standing if is_over(tx, offering, offer, now)], now)


def void_all(tx: Tx, offering: Offering, now: datetime) -> None:
    """End all offers of a cancelled offering. The message about the cancellation tells people."""
    standing = offer_rows.list_standing_offers(tx, offering.id)
    for offer in standing:
        _end(tx, offer, Outcome.VOID, now)
    _keep_waiting(tx, offering, standing, now)


def _keep_waiting(tx: Tx, offering: Offering, ended: Sequence[OfferRow], now: datetime) -> None:
    if ended:
        waiting = enrolment_rows.set_status(tx, [each.enrolment_id for each in ended], Status.WAITING, now)
        follow_seats(tx, offering, waiting, now)
