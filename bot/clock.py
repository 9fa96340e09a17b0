"""The one source of *now*."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

Now: TypeAlias = datetime | Callable[[], datetime]
"""An instant, or the clock's ``now`` to read once the locks are held: a transaction that waits for a lock
must not be dated before those it waited for."""


def read(now: Now) -> datetime:
    """The instant. Call it once all locks are held."""
    return now() if callable(now) else now


class Clock(Protocol):
    """Tells the time. The demo, the rehearsal and the tests pass one that they can move."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)
