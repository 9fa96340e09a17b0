"""Whether Slack still sends events: an app that fails nearly all of an hour's events gets no more."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
MOST_FAILED_PERCENT = 95
LEAST_IN_AN_HOUR = 1000
"""Slack spares apps that get fewer events than this in an hour."""


@dataclass(slots=True)
class Subscriptions:
    """The deliveries of the last hour by the workspace's clock, and whether events are still sent."""

    least: int = LEAST_IN_AN_HOUR
    enabled: bool = True
    _delivered: deque[tuple[datetime, bool]] = field(default_factory=deque)
    _failed: int = 0

    def note(self, at: datetime, *, failed: bool) -> None:
        """Note a delivery, retries included."""
        self._delivered.append((at, failed))
        self._failed += failed
        while at - self._delivered[0][0] >= HOUR:
            self._failed -= self._delivered.popleft()[1]
        count = len(self._delivered)
        if count >= self.least and self._failed * 100 > MOST_FAILED_PERCENT * count:
            self.enabled = False

    def enable(self) -> None:
        """Turn events on again, as on the app's page; earlier failures are forgotten."""
        self._delivered.clear()
        self._failed = 0
        self.enabled = True
