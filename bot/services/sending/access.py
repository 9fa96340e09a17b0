"""Whether Slack accepts this app. While it refuses the app, or the app does not know its own workspace,
auth.test is called again after growing pauses."""

import logging
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.domain.sending.outcomes import Outcome, Refused, Sent
from bot.domain.sending.rate_limit import LONGEST_WAIT
from bot.domain.sending.refusals import is_of_us

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
"""Pauses between two calls of auth.test; each is twice the one before."""


class Introducing(Protocol):
    """The way to ask Slack who Kaiku is."""

    @property
    def ours(self) -> frozenset[str]: ...

    def introduce(self) -> Awaitable[Outcome]: ...


class Access:
    """``refusal``: why Slack refuses the app, None when it does not. Each process finds out by itself, so
    that none waits for another that has died.
    """

    def __init__(self, slack: Introducing, clock: Clock, *, first_pause: timedelta = FIRST_PAUSE) -> None:
        self._slack = slack
        self._clock = clock
        self._first_pause = first_pause
        self.refusal: str | None = None
        self.since: datetime | None = None
        self._tries = 0
        self._ask_at: datetime | None = None
        self._is_probing = False
        self._is_of_introduction = False
        self._refused_at = clock.now()

    async def allows(self) -> int | None:
        """How many messages of a method may be tried now: 0 while Slack refuses the app, 1 to probe, None for
        as many as the rate limit has. Calls auth.test when that is due.
        """
        if self.refusal is None and self._slack.ours:
            return None
        if not self._is_time(self._clock.now()):
            return None if self.refusal is None else 0
        outcome = await self._slack.introduce()
        if isinstance(outcome, Sent):
            if self.refusal is None:
                self._accepted()
                return None
            self._is_probing = True
            return 1
        if isinstance(outcome, Refused) and is_of_us(outcome.reason):
            self._refused(outcome.reason)
            self._is_of_introduction = True
            return 0
        self._wait()  # an unavailable Slack is no refusal: each send finds that out by itself
        return None if self.refusal is None else 0

    def note(self, outcome: object) -> None:
        """Note the outcome of a send: it may be a refusal of the app."""
        if isinstance(outcome, Refused) and is_of_us(outcome.reason):
            self._refused(outcome.reason)

    def end_batch(self, *, tried: bool) -> None:
        """Record that every send of a batch has ended. If the batch was a probe and was not refused, sending
        goes on; if nothing was tried, as soon as auth.test alone succeeds often enough.
        """
        if not self._is_probing:
            return
        if tried or self._is_of_introduction or self._clock.now() >= self._refused_at + LONGEST_WAIT:
            self._accepted()
        else:
            self._is_probing = False
            self._wait(again=True)

    def _is_time(self, now: datetime) -> bool:
        # A time stored by a clock that ran ahead must not be waited for.
        return self._ask_at is None or not now < self._ask_at <= now + LONGEST_PAUSE

    def _refused(self, reason: str) -> None:
        now = self._clock.now()
        if self.refusal is None:
            self.since = now
            log.error("Slack refuses us: %s. Nothing is sent.", reason, extra={"action": "slack_refuses"})
        self.refusal, self._refused_at = reason, now
        # All sends of a batch get the same refusal: the pause grows once for them.
        if self._is_probing or self._is_time(now):
            self._wait()
        self._is_probing = False

    def _accepted(self) -> None:
        if self.refusal is not None:
            log.warning("Slack takes messages again", extra={"action": "slack_accepts"})
        self.refusal = self.since = self._ask_at = None
        self._tries, self._is_probing, self._is_of_introduction = 0, False, False

    def _wait(self, *, again: bool = False) -> None:
        """Pause; ``again``: as long as the last time."""
        self._tries = max(self._tries - again, 0)
        pause = min(self._first_pause * 2 ** min(self._tries, 10), LONGEST_PAUSE)
        self._tries += 1
        self._ask_at = self._clock.now() + pause
