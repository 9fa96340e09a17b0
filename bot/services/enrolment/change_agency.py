"""Correcting a person's agency, which seats are counted by."""

from datetime import datetime

from bot.clock import Now, read
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import seats_move_on
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import seat_key
from bot.domain.people.person import Person
from bot.services.enrolment.leave import leave
from bot.services.enrolment.lock import lock_all_of
from bot.services.enrolment.promote import fill
from bot.services.offerings.catalogue import state_of
from storage import enrolment as enrolment_rows
from storage.transaction import Tx


def change_agency(tx: Tx, person: Person, now: Now, *, to_line: bool = False) -> None:
    """Count a person's enrolments by their corrected agency; a seat freed at their old agency may go to the
    next on the waiting list.

    A seat is kept if the corrected agency has room for it. If not, ``to_line`` gives the seat up for a place
    on the waiting list; without it the person is asked (raises KaikuError: NO_ROOM_FOR_AGENCY, with the
    ``offerings``).
    """
    if person.agency is None:
        return
    agency = seat_key(person.agency, person.agency_name)
    mine = lock_all_of(tx, person.id)
    now = read(now)
    without_room = [
        (enrolment, offering)
        for enrolment, offering in mine
        if enrolment.agency != agency and not _has_room_for(tx, enrolment, offering, agency, now)
    ]
    if without_room and not to_line:
        offerings = [offering for _, offering in without_room]
        raise KaikuError(Refusal.NO_ROOM_FOR_AGENCY, offerings=offerings)
    for enrolment, _ in mine:
        enrolment_rows.set_agency(tx, [enrolment.id], agency)
    for enrolment, offering in without_room:
        leave(tx, offering, enrolment.id, Status.WAITING, now)
    for _, offering in mine:
        fill(tx, offering, now)


def _has_room_for(
    tx: Tx, enrolment: enrolment_rows.EnrolmentRow, offering: Offering, agency: str, now: datetime
) -> bool:
    """Whether the person may keep their seat when it counts for this agency; true for a person who waits."""
    if enrolment.status not in {Status.SEATED, Status.OFFERED}:
        return True
    if not seats_move_on(state_of(offering, now), offering.starts_at, now):
        return True
    held = enrolment_rows.count_held_by_agency(tx, offering.id)
    return held.get(agency, 0) < offering.limits.for_agency(agency)
