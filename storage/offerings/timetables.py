"""Queries about the versions of an offering's sessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select

from storage.statements import execute, execute_many
from storage.tables import Offering, Timetable
from storage.transaction import Tx

Sessions = list[dict[str, Any]]
"""What people were told of an offering's sessions."""


class TimetableRow(NamedTuple):
    """See ``storage.tables.Timetable``."""

    offering_id: int
    version: int
    sessions: Sessions
    reason: Mapping[str, str] | None
    made_at: datetime


_get_sessions = select(Timetable.c.sessions).where(
    Timetable.c.offering_id == bindparam("offering_id"), Timetable.c.version == bindparam("version")
)
_list_current = (
    select(Timetable.c.offering_id, Timetable.c.sessions)
    .join(Offering, Offering.c.id == Timetable.c.offering_id)
    .where(
        Offering.c.id.in_(bindparam("ids", expanding=True)),
        Timetable.c.version == Offering.c.timetable_version,
    )
)
_add = insert(Timetable)


def get_sessions(tx: Tx, offering_id: int, version: int) -> Sessions:
    """The sessions as they were in this version; none if the version does not exist."""
    sessions: Sessions | None = execute(tx, _get_sessions, offering_id=offering_id, version=version).scalar()
    return sessions or []


def list_current(tx: Tx, offering_ids: Collection[int]) -> dict[int, Sessions]:
    """The sessions in force of each of these offerings that has a version."""
    return {row.offering_id: row.sessions for row in execute(tx, _list_current, ids=list(offering_ids))}


def version_at(tx: Tx, offering_id: int, at: datetime) -> int:
    """The version in force at that time; the first, if there was none yet."""
    query = select(func.max(Timetable.c.version)).where(
        Timetable.c.offering_id == offering_id, Timetable.c.made_at <= at
    )
    return tx.scalar(query) or 1


def add_timetables(tx: Tx, rows: Sequence[TimetableRow]) -> None:
    execute_many(tx, _add, [row._asdict() for row in rows])


def list_reasons(tx: Tx, offering_id: int, after: int) -> list[Mapping[str, str]]:
    """The reasons given for changes of the sessions since this version, in order."""
    return [
        reason
        for reason in tx.scalars(
            select(Timetable.c.reason)
            .where(Timetable.c.offering_id == offering_id, Timetable.c.version > after)
            .order_by(Timetable.c.version)
        )
        if reason
    ]
