"""Queries about the versions of an offering's sessions."""

from datetime import datetime
from typing import Any

from storage.tables import Timetable
from storage.transaction import Tx


def get_timetable(tx: Tx, offering_id: int, version: int) -> Timetable | None:
    return tx.get(Timetable, (offering_id, version))


def add_timetable(
    tx: Tx, offering_id: int, version: int, sessions: list[dict[str, Any]], now: datetime
) -> None:
    tx.add(Timetable(offering_id=offering_id, version=version, sessions=sessions, made_at=now))
