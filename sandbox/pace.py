"""How often an app may call: Slack's tiers, by the workspace's clock."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
CHANNEL_GAP = timedelta(seconds=1)
POSTS_A_MINUTE = 300
"""Slack says "several hundred" a minute for a workspace."""


@dataclass(slots=True)
class Pace:
    """The times of recent calls. A call over the limit is not counted."""

    calls: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    posted: dict[str, datetime] = field(default_factory=dict)

    def seconds_to_wait(self, method: str, a_minute: int, now: datetime, channel: str | None) -> int:
        """0 if the call may go through, else the value of Retry-After. ``channel`` is where a message is
        posted: one a second is allowed there."""
        calls = self.calls[method]
        while calls and now - calls[0] >= MINUTE:
            calls.popleft()
        last = self.posted.get(channel) if channel is not None else None
        if last is not None and now - last < CHANNEL_GAP:
            return 1
        if len(calls) >= a_minute:
            return max(1, math.ceil((calls[0] + MINUTE - now).total_seconds()))
        calls.append(now)
        if channel is not None:
            self.posted[channel] = now
        return 0

    def clear(self) -> None:
        self.calls.clear()
        self.posted.clear()
