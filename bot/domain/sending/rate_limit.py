"""How fast Kaiku may send. A token bucket as a value: what is left at an instant."""

import math
from dataclasses import dataclass, replace
from datetime import datetime

SHORTEST_WAIT, LONGEST_WAIT, USUAL_WAIT = 1.0, 900.0, 30.0
"""Seconds that a Retry-After may ask for at least and at most, and what stands in for one that says nothing.
Slack asks for a minute or so; more is asked again for, and less is no pause."""


def bounded_wait(retry_after: object) -> float:
    """What a Retry-After is taken for, whatever stands in it."""
    try:
        seconds = float(retry_after)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return USUAL_WAIT
    if math.isnan(seconds) or seconds < 0:
        return USUAL_WAIT
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many a second in the long run, and at most ``burst`` at once after a pause."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """``tokens`` left at the instant ``at``; nothing at all before ``not_before``."""

    tokens: float
    at: datetime
    not_before: datetime | None = None

    def refilled(self, rate_limit: RateLimit, now: datetime) -> "TokenBucket":
        """What has grown back since, never above the burst. A clock set back takes nothing away."""
        grown = self.tokens + max((now - self.at).total_seconds(), 0.0) * rate_limit.per_second
        return replace(self, tokens=min(grown, float(rate_limit.burst)), at=max(now, self.at))

    def available(self, now: datetime) -> int:
        """How many may go now."""
        if self.not_before is not None and now < self.not_before:
            return 0
        return max(int(self.tokens), 0)
