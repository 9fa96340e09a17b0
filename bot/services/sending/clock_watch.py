"""Notices that the machine's clock was set."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.sending.rate_limit import SKEW


class ClockWatch:
    """Whether the clock has run evenly for as long as a lease lasts.

    By a clock that was set ahead every lease is over, even of a message that another process is sending at
    that moment: nothing is claimed until that send has ended. A suspended machine looks the same.
    """

    def __init__(self, clock: Clock, monotonic: Callable[[], float], lease: timedelta) -> None:
        self._clock, self._monotonic, self._lease = clock, monotonic, lease.total_seconds()
        self._seen: tuple[datetime, float] | None = None
        self._even_from = float("-inf")

    def even_now(self) -> datetime | None:
        """The time, for a claim; None while it can't be trusted."""
        now, machine = self._clock.now(), self._monotonic()
        if self._seen is not None:
            by_clock, by_machine = (now - self._seen[0]).total_seconds(), machine - self._seen[1]
            if abs(by_clock - by_machine) > SKEW.total_seconds():
                self._even_from = machine + self._lease
        self._seen = now, machine
        return now if machine >= self._even_from else None
