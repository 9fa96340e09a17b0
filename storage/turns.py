"""Transactions that take the same single lock, so that those which wait for it may go in one turn.

A shared commit holds every lock that its transactions took until its end. On PostgreSQL two processes
whose turns take several locks in different orders would wait for each other until the database kills one,
so there only transactions under one and the same lock share a turn. On SQLite everything is under one lock.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from storage.transaction import Tx

W = TypeVar("W", bound=Callable[..., Any])

_lock_names: dict[Callable[..., Any], Callable[..., Hashable | None]] = {}


def takes_one_lock(name: Callable[..., Hashable | None]) -> Callable[[W], W]:
    """Mark a transaction function: ``name(...)``, called with its arguments but for the session, names the
    only lock it takes, or is None when this call takes others too."""

    def mark(work: W) -> W:
        _lock_names[work] = name
        return work

    return mark


def lock_of(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Hashable | None:  # noqa: ANN401
    """The name of the one lock that this call takes; None when that is not known."""
    name = _lock_names.get(work)
    return name(*args, **kwargs) if name is not None else None


def known_under_lock(tx: Tx) -> dict[Hashable, Any]:
    """What a transaction found out under its lock and the next one in its turn, under the same lock, need
    not ask again. Only what nobody can change without that lock may be put here.

    Outside a turn it is empty each time.
    """
    known: dict[Hashable, Any] = tx.info.get("known_under_lock", {})
    return known


def begin_turn(tx: Tx) -> None:
    """From here on transactions under one and the same lock follow each other in ``tx``."""
    tx.info["known_under_lock"] = {}
