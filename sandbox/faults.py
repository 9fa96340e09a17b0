"""An unreliable Slack: faults on order, and random faults from a seed, reproducibly."""

import random
from dataclasses import dataclass

FAULTS = (
    "http_500_before", "http_500_after", "drop_before", "drop_after", "rate_limited", "slow_answer",
    "slow_accept", "junk_before", "junk_after",
)  # fmt: skip
"""Of calls. Before: the call has no effect. After: it has, and the answer is lost. Slow: past the app's
time-out. Junk: the answer has status 200 and makes no sense."""

EVENT_FAULTS = ("event_twice", "event_late", "event_lost")
"""Of events. Twice: with the same event_id. Late: after the one that follows it. Lost: never."""

JUNK = (
    (b"ok", "text/plain"),
    (b'"ok"', "application/json"),
    (b"[]", "application/json"),
    (b"", "application/json"),
    (b'{"ok": true}', "application/json"),
    (b'{"ok": "\xff\xfe"}', "application/json"),
    (b"<html>502</html>", "text/html"),
)
"""Answers that make no sense, with their content types."""

KINDS = (
    "http_500_before",
    "http_500_after",
    "drop_after",
    "rate_limited",
    "slow_answer",
    "slow_accept",
    "junk_before",
    "junk_after",
)
"""The kinds of random faults."""


@dataclass(slots=True)
class Fault:
    """How the next ``times`` calls of ``method`` ("*" for any) fail: one of FAULTS; or one of EVENT_FAULTS,
    and ``method`` is the type of event. ``seconds`` overrides how slow a slow call is; ``junk`` and
    ``content_type`` replace the answer."""

    method: str
    times: int
    fault: str
    retry_after: int = 1
    seconds: float | None = None
    junk: bytes = b"ok"
    content_type: str = "text/plain"


class RandomFaults:
    """A share ``rate`` of all calls fails in one of ``KINDS``; slow ones take ``slow_seconds``."""

    def __init__(self, rate: float, seed: int, slow_seconds: float) -> None:
        self._rate = rate
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.slow_seconds = slow_seconds
        self.count = 0

    def next(self, method: str) -> Fault | None:
        """The fault of this call, if any."""
        if self._random.random() >= self._rate:
            return None
        self.count += 1
        junk, content_type = self._random.choice(JUNK)
        kind = self._random.choice(KINDS)
        return Fault(method, 0, kind, retry_after=1, junk=junk, content_type=content_type)
