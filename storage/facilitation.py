"""Queries about attendance, facilitators' promises, and changes in the groups."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, literal_column, select, union_all

from bot.domain.acts import ActKind
from storage.offerings.catalogue import is_standing
from storage.statements import Upsert, execute, literals
from storage.tables import Absence, Act, Attendance, Enrolment, Offering, SessionNote
from storage.transaction import Tx

_list_attendance = select(
    Attendance.c.person_id, Attendance.c.offering_id, Attendance.c.number, Attendance.c.attended
).where(Attendance.c.person_id.in_(bindparam("ids", expanding=True)))
_list_attendance_of = select(Attendance.c.person_id, Attendance.c.attended).where(
    Attendance.c.offering_id == bindparam("offering_id"), Attendance.c.number == bindparam("number")
)
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
    lambda insert: insert.on_conflict_do_nothing().returning(Attendance.c.person_id),
)


def list_attendance(tx: Tx, person_ids: Collection[str]) -> dict[str, dict[int, dict[int, bool]]]:
    """By person, offering id and session number, whether they were there."""
    found: dict[str, dict[int, dict[int, bool]]] = {person_id: {} for person_id in person_ids}
    for person_id, offering_id, number, attended in execute(tx, _list_attendance, ids=list(person_ids)):
        found[person_id].setdefault(offering_id, {})[number] = attended
    return found


def list_attendance_of(tx: Tx, offering_id: int, number: int) -> dict[str, bool]:
    """By person, whether they were at this session; people without a record are left out."""
    rows = execute(tx, _list_attendance_of, offering_id=offering_id, number=number)
    return {row.person_id: row.attended for row in rows}


def list_marked(tx: Tx, offering_ids: Collection[int]) -> set[tuple[int, int]]:
    """The sessions (offering and number) of these offerings that have attendance."""
    rows = tx.execute(
        select(Attendance.c.offering_id, Attendance.c.number)
        .where(Attendance.c.offering_id.in_(offering_ids))
        .distinct()
    )
    return {(offering_id, number) for offering_id, number in rows}


def has_attendance(tx: Tx, offering_id: int) -> bool:
    """Whether attendance has been recorded for any session of this offering."""
    found = tx.scalar(select(Attendance.c.number).where(Attendance.c.offering_id == offering_id).limit(1))
    return found is not None


def set_attendance(tx: Tx, offering_id: int, number: int, attended: Mapping[str, bool]) -> None:
    which = {"offering_id": offering_id, "number": number}
    _set.run_many(tx, [which | {"person_id": each, "attended": was} for each, was in attended.items()])


def add_attendance(tx: Tx, offering_id: int, number: int, person_id: str) -> bool:
    """Record that somebody was there, unless their attendance is recorded already; returns whether it was
    added.
    """
    return (
        _add.run(tx, offering_id=offering_id, number=number, person_id=person_id, attended=True).scalar()
        is not None
    )


def set_note(tx: Tx, offering_id: int, number: int, promised: str, now: datetime) -> None:
    """Record that a facilitator has marked attendance, and what they promised for next time."""
    _note.run(tx, offering_id=offering_id, number=number, promised=promised, marked_at=now)


def list_notes(tx: Tx, offering_id: int) -> dict[int, str]:
    """By number of each session with marked attendance, what was promised there."""
    rows = tx.execute(
        select(SessionNote.c.number, SessionNote.c.promised).where(SessionNote.c.offering_id == offering_id)
    )
    return {row.number: row.promised for row in rows}


class DayRow(NamedTuple):
    """How much changed in an offering: how many joined, left, said that they can't come, and let an offer
    lapse.
    """

    offering_id: int
    joined: int
    left: int
    absent: int
    lapsed: int


_since, _until = bindparam("since", type_=Act.c.at.type), bindparam("until", type_=Act.c.at.type)


def _counted(what: str, of: Any, at: Any, *where: Any) -> Select[Any]:  # noqa: ANN401 - columns
    return (
        select(of.label("offering_id"), literal_column(f"'{what}'").label("what"), func.count().label("n"))
        .where(at >= _since, at < _until, *where)
        .group_by(of)
    )


_lapsed = _counted(
    "lapsed", Offering.c.id, Act.c.at, Act.c.offering == Offering.c.code, Act.c.kind == ActKind.LAPSED
)
_left = Enrolment.c.status.in_(literals(("withdrawn", "removed")))
_day = union_all(
    _counted("joined", Enrolment.c.offering_id, Enrolment.c.enrolled_at, is_standing),
    _counted("left", Enrolment.c.offering_id, Enrolment.c.changed_at, _left),
    _counted("absent", Absence.c.offering_id, Absence.c.changed_at, Absence.c.absent),
    _lapsed,
)


def count_changes(tx: Tx, since: datetime, until: datetime) -> dict[int, DayRow]:
    """What changed from ``since`` until before ``until``, by offering; unchanged ones are left out."""
    found: dict[int, DayRow] = {}
    for offering_id, what, n in execute(tx, _day, since=since, until=until):
        row = found.get(offering_id, DayRow(offering_id, 0, 0, 0, 0))
        found[offering_id] = row._replace(**{what: n})
    return found
