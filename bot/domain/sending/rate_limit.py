"""How fast Kaiku may send. A token bucket as a value: what is left at an instant."""

from dataclasses import dataclass, replace
from datetime import datetime


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
