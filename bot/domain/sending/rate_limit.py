"""Rate limits: a token bucket as a value."""

import math
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

LONGEST_WAIT = timedelta(minutes=15)
"""The longest pause between two attempts, whatever Slack asks for."""

SHORTEST_WAIT, USUAL_WAIT = 1.0, 30.0
"""Seconds: the least that a Retry-After is taken for, and what is assumed where it holds no number."""

SKEW = timedelta(seconds=10)
"""By how much the instances' clocks may differ; an instant further ahead comes from a wrong clock."""


def bounded_wait(retry_after: object) -> float:
    """The seconds to wait for a Retry-After header, which is untrusted."""
    try:
        seconds = float(retry_after)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return USUAL_WAIT
    if math.isnan(seconds) or seconds < 0:
        return USUAL_WAIT
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT.total_seconds())


def backoff(attempt: int) -> timedelta:
    """How long to wait after the n-th attempt (from 1): 2 s, 4 s, 8 s ... 15 minutes."""
    return min(timedelta(seconds=2 ** min(attempt, 12)), LONGEST_WAIT)


class RateLimit(Struct, frozen=True):
    """The rate of refill per second, and the capacity of the bucket (``burst``)."""

    per_second: float
    burst: int


class TokenBucket(Struct, frozen=True):
    """``tokens`` at the instant ``at``; none can be taken before ``not_before``."""

    tokens: float
    at: datetime
    not_before: datetime | None = None

    def refilled(self, rate_limit: RateLimit, now: datetime) -> "TokenBucket":
        """The bucket with the tokens gained since ``at``, at most the burst. A clock that was set back takes
        no token away; an instant that it noted while it ran ahead becomes ``now``."""
        if self.at > now + SKEW:
            return replace(
                self, tokens=min(self.tokens, float(rate_limit.burst)), at=now
            ).without_wrong_pause(now)
        grown = self.tokens + max((now - self.at).total_seconds(), 0.0) * rate_limit.per_second
        tokens = min(grown, float(rate_limit.burst))
        return replace(self, tokens=tokens, at=max(now, self.at)).without_wrong_pause(now)

    def without_wrong_pause(self, now: datetime) -> "TokenBucket":
        """The bucket without a pause that is impossibly long because a clock that ran ahead noted it."""
        is_believable = self.not_before is None or self.not_before <= now + LONGEST_WAIT
        return self if is_believable else replace(self, not_before=None)

    def available(self, now: datetime) -> int:
        """The number of messages that may be sent now."""
        if self.not_before is not None and now < self.not_before:
            return 0
        return max(int(self.tokens), 0)
