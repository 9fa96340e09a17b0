"""The type of an open transaction, as every function that touches the database takes it."""

from typing import TypeAlias

from sqlalchemy import Connection

Tx: TypeAlias = Connection
"""SQLAlchemy's connection, which is open for one transaction."""

_WAKES_SENDER = "kaiku_wakes_sender"


def wake_sender(tx: Tx) -> None:
    """Wake the sender after the commit: something is due, and must not wait for the next tick."""
    tx.info[_WAKES_SENDER] = True


def take_wake(tx: Tx) -> bool:
    """Whether ``wake_sender`` was called since this was last asked; asking takes it back."""
    return bool(tx.info.pop(_WAKES_SENDER, False))
