"""Queries about the versions of an offering's sessions."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage.tables import Offering, Timetable
from storage.transaction import Tx


def get_timetable(tx: Tx, offering_id: int, version: int) -> Timetable | None:
    return tx.get(Timetable, (offering_id, version))


def list_current(tx: Tx, offering_ids: Collection[int]) -> dict[int, Timetable]:
    """The version in force of each of these offerings that has one."""
    rows = tx.scalars(
        select(Timetable)
        .join(Offering, Offering.id == Timetable.offering_id)
        .where(Offering.id.in_(offering_ids), Timetable.version == Offering.timetable_version)
    )
    return {row.offering_id: row for row in rows}


def version_at(tx: Tx, offering_id: int, at: datetime) -> int:
    """The version that was in force then; the first, if there was none yet."""
    query = select(func.max(Timetable.version)).where(
        Timetable.offering_id == offering_id, Timetable.made_at <= at
    )
    return tx.scalar(query) or 1


def add_timetable(
    tx: Tx,
    offering_id: int,
    version: int,
    sessions: list[dict[str, Any]],
    now: datetime,
    reason: Mapping[str, str] | None = None,
) -> None:
    tx.add(
        Timetable(
            offering_id=offering_id,
            version=version,
            sessions=sessions,
            reason=dict(reason) if reason else None,
            made_at=now,
        )
    )


def list_reasons(tx: Tx, offering_id: int, after: int) -> list[Mapping[str, str]]:
    """Why the sessions changed since this version, as far as somebody said so, in order."""
    return [
        reason
        for reason in tx.scalars(
            select(Timetable.reason)
            .where(Timetable.offering_id == offering_id, Timetable.version > after)
            .order_by(Timetable.version)
        )
        if reason
    ]
