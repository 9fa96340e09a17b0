"""The workspace's time: the machine's own, or simulated and moved forward by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Starts at ``start`` and runs as fast as real time; None means real time, which can't be moved."""

    def __init__(self, start: datetime | None = None) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError("start must be an aware datetime")
        self.movable = start is not None
        self._offset = start - datetime.now(UTC) if start is not None else timedelta()
        self.on_move: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, by: timedelta) -> None:
        """Move forward. Raises ValueError for a step back or when time is real."""
        if not self.movable:
            raise ValueError("the clock is real")
        if by < timedelta():
            raise ValueError("time only moves forward")
        self._offset += by
        for tell in self.on_move:
            tell()

    def move_to(self, instant: datetime) -> None:
        """Move forward to ``instant``. Raises ValueError as ``advance`` does, and for a naive instant."""
        if instant.tzinfo is None:
            raise ValueError("the instant must be aware")
        self.advance(instant - self.now())


class StillClock(MovableClock):
    """Stands still until it is moved: for a year that is lived in minutes, the same each time."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._at = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move forward. Raises ValueError for a step back."""
        self._at += max(by, timedelta())
        super().advance(by)
