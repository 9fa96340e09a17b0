"""Queries about locked records of people who were erased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from storage.statements import execute, fetch
from storage.tables import Attendance, Enrolment, LockedRecord, Offering
from storage.transaction import Tx


class LockedRow(NamedTuple):
    """See ``storage.tables.LockedRecord``."""

    kind: str
    content: dict[str, Any]
    erased_at: datetime
    until_at: datetime


_add = insert(LockedRecord)
_list = select(*LockedRecord.c[LockedRow._fields]).order_by(LockedRecord.c.until_at, LockedRecord.c.id)


def list_enrolments(tx: Tx, person_id: str) -> list[dict[str, Any]]:
    """The content of a record of a person's enrolments."""
    query = (
        select(
            Offering.c.code,
            Enrolment.c.agency,
            Enrolment.c.status,
            Enrolment.c.enrolled_at,
            Enrolment.c.seated_at,
        )
        .join(Offering, Offering.c.id == Enrolment.c.offering_id)
        .where(Enrolment.c.person_id == person_id)
        .order_by(Enrolment.c.id)
    )
    return [_plain(row._mapping) for row in tx.execute(query)]


def list_attendance(tx: Tx, person_id: str) -> list[dict[str, Any]]:
    """The content of a record of a person's attendance at sessions."""
    query = (
        select(Offering.c.code, Attendance.c.number, Attendance.c.attended)
        .join(Offering, Offering.c.id == Attendance.c.offering_id)
        .where(Attendance.c.person_id == person_id)
        .order_by(Offering.c.code, Attendance.c.number)
    )
    return [_plain(row._mapping) for row in tx.execute(query)]


def _plain(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row's mapping
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def add_locked(tx: Tx, kind: str, content: dict[str, Any], erased_at: datetime, until_at: datetime) -> None:
    execute(tx, _add, kind=kind, content=content, erased_at=erased_at, until_at=until_at)


def list_locked(tx: Tx) -> Sequence[LockedRow]:
    return fetch(tx, _list, LockedRow)
