"""Undoing a departure, for a few minutes."""

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.enrolment.leaving import undo_until
from bot.domain.enrolment.seats import Status, reason_to_wait
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering, Standing
from bot.domain.people.person import Person
from bot.services.acts import note_act
from bot.services.enrolment.follow import follow_seats
from bot.services.enrolment.leave import require_not_over
from bot.services.enrolment.lock import lock_line
from bot.services.enrolment.promote import fill
from bot.services.offerings.catalogue import standing_of
from storage import enrolment as enrolment_rows
from storage.transaction import Tx


def undo_leave(tx: Tx, person: Person, code: str, now: Now) -> tuple[Offering, Standing]:
    """Give a person back what they left within the last ten minutes: their place on the waiting list, or
    their seat unless it was passed on. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, those of ``Person.require_may_join``, OFFERING_PAST,
    OFFERING_CANCELLED, UNDO_TOO_LATE, SEAT_MOVED_ON.
    """
    person.require_may_join()
    line = lock_line(tx, code)
    offering, now = line.offering, read(now)
    standing = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if standing is not None:
        return offering, standing_of(tx, offering, standing)
    require_not_over(offering, now)
    if offering.cancelled:
        raise KaikuError(Refusal.OFFERING_CANCELLED, offering=offering)
    left = enrolment_rows.get_last_withdrawn(tx, offering.id, person.id)
    if left is None or now >= undo_until(left.left_at):
        raise KaikuError(Refusal.UNDO_TOO_LATE, offering=offering)
    had_seat = left.seated_at is not None
    if had_seat and reason_to_wait(offering.limits, line.held, left.agency) is not None:
        raise KaikuError(Refusal.SEAT_MOVED_ON, offering=offering)
    back = Status.SEATED if had_seat else Status.WAITING
    changed = enrolment_rows.set_status(tx, [left.id], back, now)
    note_act(tx, ActKind.CAME_BACK, actor=person.id, person=person.id, offering=offering.code, now=now)
    follow_seats(tx, offering, changed, now)
    fill(tx, offering, now)
    enrolment = enrolment_rows.get_enrolment(tx, left.id)
    assert enrolment is not None
    return offering, standing_of(tx, offering, enrolment)
