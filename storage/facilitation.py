"""Queries about who was at which session, as facilitators say."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select

from storage.statements import execute
from storage.tables import Attendance
from storage.transaction import Tx

_list_attendance = select(Attendance.offering_id, Attendance.number, Attendance.attended).where(
    Attendance.person_id == bindparam("person_id")
)


def list_attendance(tx: Tx, person_id: str) -> dict[int, dict[int, bool]]:
    """By offering id and session number, whether this person was there."""
    found: dict[int, dict[int, bool]] = {}
    for offering_id, number, attended in execute(tx, _list_attendance, person_id=person_id):
        found.setdefault(offering_id, {})[number] = attended
    return found


def list_attendance_of(tx: Tx, offering_id: int, number: int) -> dict[str, bool]:
    """By person, whether they were at this session; who nobody has said anything of is left out."""
    rows = tx.scalars(
        select(Attendance).where(Attendance.offering_id == offering_id, Attendance.number == number)
    )
    return {row.person_id: row.attended for row in rows}


def has_attendance(tx: Tx, offering_id: int) -> bool:
    """Whether anybody has said who was at a session of this offering."""
    found = tx.scalar(select(Attendance.number).where(Attendance.offering_id == offering_id).limit(1))
    return found is not None


def set_attendance(tx: Tx, offering_id: int, number: int, attended: Mapping[str, bool]) -> None:
    for person_id, was_there in attended.items():
        tx.merge(Attendance(offering_id=offering_id, number=number, person_id=person_id, attended=was_there))
