"""Queries about attendance, as facilitators or the people themselves recorded it, and what was promised."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select

from storage.statements import Upsert, execute
from storage.tables import Attendance, SessionNote
from storage.transaction import Tx

_list_attendance = select(
    Attendance.person_id, Attendance.offering_id, Attendance.number, Attendance.attended
).where(Attendance.person_id.in_(bindparam("ids", expanding=True)))
_set = Upsert(
    Attendance,
    ("offering_id", "number", "person_id", "attended"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "number", "person_id"], set_={"attended": insert.excluded.attended}
    ),
)

_note = Upsert(
    SessionNote,
    ("offering_id", "number", "promised", "marked_at"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "number"],
        set_={"promised": insert.excluded.promised, "marked_at": insert.excluded.marked_at},
    ),
)
_add = Upsert(
    Attendance,
    ("offering_id", "number", "person_id", "attended"),
    lambda insert: insert.on_conflict_do_nothing().returning(Attendance.person_id),
)


def list_attendance(tx: Tx, person_ids: Collection[str]) -> dict[str, dict[int, dict[int, bool]]]:
    """By person, offering id and session number, whether they were there."""
    found: dict[str, dict[int, dict[int, bool]]] = {person_id: {} for person_id in person_ids}
    for person_id, offering_id, number, attended in execute(tx, _list_attendance, ids=list(person_ids)):
        found[person_id].setdefault(offering_id, {})[number] = attended
    return found


def list_attendance_of(tx: Tx, offering_id: int, number: int) -> dict[str, bool]:
    """By person, whether they were at this session; people without a record are left out."""
    rows = tx.scalars(
        select(Attendance).where(Attendance.offering_id == offering_id, Attendance.number == number)
    )
    return {row.person_id: row.attended for row in rows}


def has_attendance(tx: Tx, offering_id: int) -> bool:
    """Whether attendance has been recorded for any session of this offering."""
    found = tx.scalar(select(Attendance.number).where(Attendance.offering_id == offering_id).limit(1))
    return found is not None


def set_attendance(tx: Tx, offering_id: int, number: int, attended: Mapping[str, bool]) -> None:
    which = {"offering_id": offering_id, "number": number}
    _set.run_many(tx, [which | {"person_id": each, "attended": was} for each, was in attended.items()])


def add_attendance(tx: Tx, offering_id: int, number: int, person_id: str) -> bool:
    """Record that somebody was there, unless something is recorded of them already; whether it was added."""
    return (
        _add.run(tx, offering_id=offering_id, number=number, person_id=person_id, attended=True).scalar()
        is not None
    )


def set_note(tx: Tx, offering_id: int, number: int, promised: str, now: datetime) -> None:
    """A facilitator has marked attendance, and promised this for next time."""
    _note.run(tx, offering_id=offering_id, number=number, promised=promised, marked_at=now)


def list_notes(tx: Tx, offering_id: int) -> dict[int, str]:
    """By number of the sessions whose attendance is marked, what was promised there."""
    rows = tx.execute(
        select(SessionNote.number, SessionNote.promised).where(SessionNote.offering_id == offering_id)
    )
    return {row.number: row.promised for row in rows}
