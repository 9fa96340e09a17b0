"""Queries about enrolments."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from storage.core import execute
from storage.offerings import is_held, is_standing
from storage.tables import Enrolment


class EnrolmentRow(NamedTuple):
    """An enrolment as it is stored; ``agency`` is the key that seats are counted by."""

    id: int
    offering_id: int
    person_id: str
    agency: str
    status: str
    told_version: int
    told_at: datetime


_rows = select(*(getattr(Enrolment, name) for name in EnrolmentRow._fields))
_by_id = _rows.where(Enrolment.id == bindparam("id"))
_standing_of_person = _rows.where(Enrolment.person_id == bindparam("person_id"), is_standing).order_by(
    Enrolment.id
)
_standing_in_offering = _rows.where(
    Enrolment.offering_id == bindparam("offering_id"),
    Enrolment.person_id == bindparam("person_id"),
    is_standing,
)
_standing_in = _rows.where(Enrolment.offering_id == bindparam("offering_id"), is_standing).order_by(
    Enrolment.id
)
_seated_in = _rows.where(Enrolment.offering_id == bindparam("offering_id"), Enrolment.status == "seated")
_seated_of_them = _seated_in.where(Enrolment.person_id.in_(bindparam("people", expanding=True)))
_held_by_agency = (
    select(Enrolment.agency, func.count())
    .where(Enrolment.offering_id == bindparam("offering_id"), is_held)
    .group_by(Enrolment.agency)
)
_in_line = (Enrolment.offering_id == bindparam("offering_id"), Enrolment.status == "waiting")
_line = select(Enrolment.id, Enrolment.agency).where(*_in_line).order_by(Enrolment.id)
_waiting = select(func.count()).where(*_in_line)
_waiting_up_to = _waiting.where(Enrolment.id <= bindparam("up_to"))
_add = insert(Enrolment).returning(Enrolment.id)
_set_status = (
    update(Enrolment)
    .where(Enrolment.id.in_(bindparam("ids", expanding=True)))
    .values(status=bindparam("new_status"), changed_at=bindparam("now"), told_at=bindparam("now"))
    .returning(Enrolment.id, Enrolment.person_id)
)
_seat = _set_status.values(seated_at=bindparam("now"))
_set_agency = (
    update(Enrolment)
    .where(Enrolment.id.in_(bindparam("ids", expanding=True)))
    .values(agency=bindparam("new_agency"))
)


def get_standing_enrolment(tx: Session, offering_id: int, person_id: str) -> EnrolmentRow | None:
    """The person's enrolment that still stands: seated, offered or waiting."""
    row = execute(
        tx, _standing_in_offering, {"offering_id": offering_id, "person_id": person_id}
    ).one_or_none()
    return EnrolmentRow._make(row) if row is not None else None


def get_enrolment(tx: Session, enrolment_id: int) -> EnrolmentRow | None:
    row = execute(tx, _by_id, {"id": enrolment_id}).one_or_none()
    return EnrolmentRow._make(row) if row is not None else None


def list_standing_enrolments(tx: Session, person_id: str) -> Sequence[EnrolmentRow]:
    """What a person is signed up to now, in order of sign-up."""
    return [EnrolmentRow._make(row) for row in execute(tx, _standing_of_person, {"person_id": person_id})]


def list_standing_in(tx: Session, offering_id: int) -> Sequence[EnrolmentRow]:
    """Everybody seated or waiting in an offering, in order of sign-up."""
    return [EnrolmentRow._make(row) for row in execute(tx, _standing_in, {"offering_id": offering_id})]


def list_seated_in(
    tx: Session, offering_id: int, person_ids: Collection[str] | None = None
) -> Sequence[EnrolmentRow]:
    """Everybody seated in an offering; of these people only, if named."""
    if person_ids is None:
        rows = execute(tx, _seated_in, {"offering_id": offering_id})
    else:
        rows = execute(tx, _seated_of_them, {"offering_id": offering_id, "people": list(person_ids)})
    return [EnrolmentRow._make(row) for row in rows]


def set_told(tx: Session, enrolment_id: int, version: int) -> None:
    """The person was told this version of the timetable (never an older one than before)."""
    tx.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.told_version < version)
        .values(told_version=version),
        execution_options={"synchronize_session": False},
    )


def count_held_by_agency(tx: Session, offering_id: int) -> dict[str, int]:
    """Held seats (seated or offered) by agency key."""
    rows: Any = execute(tx, _held_by_agency, {"offering_id": offering_id}).all()
    return dict(rows)


def list_waiting(tx: Session, offering_id: int) -> list[tuple[int, str]]:
    """The waiting list in order of sign-up: enrolment id and agency key."""
    rows = execute(tx, _line, {"offering_id": offering_id})
    return [(row.id, row.agency) for row in rows]


def count_waiting(tx: Session, offering_id: int, *, up_to: int | None = None) -> int:
    """People waiting; with ``up_to`` those whose place is not behind that enrolment's."""
    if up_to is None:
        return int(execute(tx, _waiting, {"offering_id": offering_id}).scalar_one())
    return int(execute(tx, _waiting_up_to, {"offering_id": offering_id, "up_to": up_to}).scalar_one())


def add_enrolment(
    tx: Session, *, offering_id: int, person_id: str, agency: str, status: str, version: int, now: datetime
) -> EnrolmentRow:
    """Add a sign-up at the end of the line."""
    values = {
        "offering_id": offering_id,
        "person_id": person_id,
        "agency": agency,
        "status": status,
        "enrolled_at": now,
        "changed_at": now,
        "seated_at": now if status == "seated" else None,
        "told_version": version,
        "told_at": now,
    }
    enrolment_id = execute(tx, _add, values).scalar_one()
    return EnrolmentRow(enrolment_id, offering_id, person_id, agency, status, version, now)


def set_status(
    tx: Session, enrolment_ids: Collection[int], status: str, now: datetime
) -> list[tuple[int, str]]:
    """Set the status of these; return enrolment id and person id of each."""
    statement = _seat if status == "seated" else _set_status
    rows = execute(tx, statement, {"ids": list(enrolment_ids), "new_status": status, "now": now})
    return [(row.id, row.person_id) for row in rows]


def set_agency(tx: Session, enrolment_ids: Collection[int], agency: str) -> None:
    execute(tx, _set_agency, {"ids": list(enrolment_ids), "new_agency": agency})
