"""The lock of an offering, required for changing it, its sessions or its enrolments."""

from msgspec import Struct

from bot.domain.offerings.offering import Offering
from bot.services.offerings.catalogue import to_offering, unknown_offering
from storage import enrolment as enrolment_rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


class Line(Struct):
    """A locked offering with its held seats by agency key, and the number of people waiting."""

    offering: Offering
    held: dict[str, int]
    waiting: int


def lock_line(tx: Tx, code: str) -> Line:
    """Lock the offering until the commit and load its numbers. The offering, its sessions and its enrolments
    may be changed only under this lock.
    """
    offering = to_locked(tx, offering_rows.lock_offering(tx, code))
    if offering is None:
        raise unknown_offering(tx, code)
    held, waiting = enrolment_rows.count_standing(tx, offering.id)
    return Line(offering, held, waiting)


def to_locked(tx: Tx, row: offering_rows.OfferingRow | None) -> Offering | None:
    """The offering of a row that was read under its lock."""
    if row is None:
        return None
    return to_offering(row, offering_rows.list_sessions_of(tx, row.id))


def lock_all_of(tx: Tx, person_id: str) -> list[tuple[enrolment_rows.EnrolmentRow, Offering]]:
    """A person's enrolments, each with its locked offering. Locks are taken in one order everywhere, and
    before writing anything that offerings share: otherwise two transactions could deadlock.
    """
    enrolments = enrolment_rows.list_standing_enrolments(tx, person_id)
    found = []
    for enrolment in sorted(enrolments, key=lambda row: row.offering_id):
        offering = to_locked(tx, offering_rows.lock_offering_by_id(tx, enrolment.offering_id))
        assert offering is not None
        found.append((enrolment, offering))
    return found


def lock_both(tx: Tx, code: str, other: str) -> tuple[Offering, Offering]:
    """Two locked offerings, locked in the order used everywhere. Raises KaikuError: UNKNOWN_OFFERING."""
    rows = {}
    for each in (code, other):
        row = offering_rows.get_offering(tx, each)
        if row is None:
            raise unknown_offering(tx, each)
        rows[each] = row.id
    locked = {}
    for offering_id in sorted(set(rows.values())):
        offering = to_locked(tx, offering_rows.lock_offering_by_id(tx, offering_id))
        assert offering is not None
        locked[offering_id] = offering
    return locked[rows[code]], locked[rows[other]]
