"""How fast Kaiku may send: a token bucket. Time is a parameter, in seconds of any steady clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """So many a second in the long run, and at most ``burst`` at once after a pause."""

    per_second: float
    burst: int


class Bucket:
    """What is left of a pace. Starts full."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._tokens = float(pace.burst)
        self._at: float | None = None

    def available(self, at: float) -> int:
        """How many may go now."""
        self._refill(at)
        return int(self._tokens)

    def take(self, number: int, at: float) -> None:
        self._refill(at)
        self._tokens -= number

    def _refill(self, at: float) -> None:
        if self._at is not None:
            grown = self._tokens + (at - self._at) * self._pace.per_second
            self._tokens = min(grown, float(self._pace.burst))
        self._at = at
