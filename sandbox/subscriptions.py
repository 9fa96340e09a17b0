"""Whether Slack still sends this app events: who fails nearly all of an hour's gets no more."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
MOST_FAILED_PERCENT = 95
LEAST_IN_AN_HOUR = 1000
"""Slack spares apps that get fewer events than this in an hour."""


@dataclass(slots=True)
class Subscriptions:
    """Every delivery of the last hour of the workspace's time, and whether there will be more."""

    least: int = LEAST_IN_AN_HOUR
    enabled: bool = True
    _delivered: deque[tuple[datetime, bool]] = field(default_factory=deque)
    _failed: int = 0

    def note(self, at: datetime, *, failed: bool) -> None:
        """One delivery, retries included."""
        self._delivered.append((at, failed))
        self._failed += failed
        while at - self._delivered[0][0] >= HOUR:
            self._failed -= self._delivered.popleft()[1]
        count = len(self._delivered)
        if count >= self.least and self._failed * 100 > MOST_FAILED_PERCENT * count:
            self.enabled = False

    def enable(self) -> None:
        """Somebody turned them on again on the app's page; what failed before is forgotten."""
        self._delivered.clear()
        self._failed = 0
        self.enabled = True
