"""The pause of all sending, shared by every instance."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from storage.statements import Upsert, execute, fetch_one
from storage.tables import SendPause
from storage.transaction import Tx

_add = Upsert(
    SendPause,
    ("id", "reason", "since"),
    lambda insert: insert.on_conflict_do_nothing().returning(SendPause.c.id),
)
_get = select(SendPause.c.reason, SendPause.c.since)
_is_paused = select(SendPause.c.id)


class Pause(NamedTuple):
    reason: str
    since: datetime


def get_pause(tx: Tx) -> Pause | None:
    return fetch_one(tx, _get, Pause)


def is_paused(tx: Tx) -> bool:
    return execute(tx, _is_paused).first() is not None


def add_pause(tx: Tx, reason: str, now: datetime) -> bool:
    """Pause sending; False if it is paused already."""
    return _add.run(tx, id=1, reason=reason, since=now).scalar() is not None


def delete_pause(tx: Tx) -> bool:
    """End the pause; False if there is none."""
    return execute(tx, delete(SendPause).returning(SendPause.c.id)).scalar() is not None
