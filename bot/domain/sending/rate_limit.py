"""Rate limits: a token bucket as a value."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The rate of refill per second, and the capacity of the bucket (``burst``)."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """``tokens`` at the instant ``at``; none can be taken before ``not_before``."""

    tokens: float
    at: datetime
    not_before: datetime | None = None

    def refilled(self, rate_limit: RateLimit, now: datetime) -> "TokenBucket":
        """The bucket after refilling, up to the burst. A clock that was set back takes no tokens away."""
        grown = self.tokens + max((now - self.at).total_seconds(), 0.0) * rate_limit.per_second
        return replace(self, tokens=min(grown, float(rate_limit.burst)), at=max(now, self.at))

    def available(self, now: datetime) -> int:
        """The number of messages that may be sent now."""
        if self.not_before is not None and now < self.not_before:
            return 0
        return max(int(self.tokens), 0)
