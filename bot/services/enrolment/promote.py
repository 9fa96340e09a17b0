"""Passing free seats on to the next on the waiting list who fit. Each function requires the
offering's lock."""

from datetime import datetime

from bot.clock import Now, read
from bot.domain.calendars.wall_time import known_or
from bot.domain.enrolment.seats import InLine, Status, has_free_seat, next_seated
from bot.domain.enrolment.sign_up import seats_move_on
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import seat_news_at
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries import outbox
from bot.services.enrolment.follow import follow_seats
from bot.services.enrolment.lock import to_locked
from bot.services.offerings.catalogue import state_of
from storage import enrolment as enrolment_rows
from storage import people as person_rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


def fill_seats(tx: Tx, offering_id: int, now: Now) -> list[str]:
    """Give the free seats to those on the waiting list who fit; return their user ids. Each of
    them is told."""
    offering = to_locked(tx, offering_rows.lock_offering_by_id(tx, offering_id))
    return fill(tx, offering, read(now)) if offering is not None else []


def fill(tx: Tx, offering: Offering, now: datetime) -> list[str]:
    """Give the free seats of a locked offering to those who fit; return their user ids."""
    if not seats_move_on(state_of(offering, now), offering.starts_at, now):
        return []
    held = enrolment_rows.count_held_by_agency(tx, offering.id)
    if not has_free_seat(offering.limits, held):
        return []
    line = [InLine(*waiting) for waiting in enrolment_rows.list_waiting(tx, offering.id)]
    return seat(tx, offering, next_seated(offering.limits, held, line), now)


def seat(tx: Tx, offering: Offering, enrolment_ids: list[int], now: datetime) -> list[str]:
    """Give these enrolments seats, plan a message to each person, and return the user ids."""
    if not enrolment_ids:
        return []
    seated = enrolment_rows.set_status(tx, enrolment_ids, Status.SEATED, now)
    for enrolment_id, person_id in seated:
        told_at = _told_of_seat_at(tx, offering, enrolment_id, person_id, now)
        enrolment_rows.set_told_at(tx, enrolment_id, told_at)
        outbox.plan_promotion(tx, person_id, offering.code, enrolment_id, told_at, now)
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
