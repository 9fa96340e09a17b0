"""Faults at random, from a seed: an unreliable Slack, the same each time it is asked for."""

import random

from sandbox.workspace import Fault

KINDS = ("http_500_before", "http_500_after", "drop_after", "rate_limited", "slow_answer", "slow_accept")
"""Before: the call has no effect. After: it has, and the answer is lost. Slow: past the app's time-out."""


class RandomFaults:
    """A share ``rate`` of all calls fails in one of ``KINDS``; slow ones take ``slow_seconds``."""

    def __init__(self, rate: float, seed: int, slow_seconds: float) -> None:
        self._rate = rate
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.slow_seconds = slow_seconds
        self.count = 0

    def next(self, method: str) -> Fault | None:
        """The fault this call meets, if any."""
        if self._random.random() >= self._rate:
            return None
        self.count += 1
        return Fault(method, 0, self._random.choice(KINDS), retry_after=1)
