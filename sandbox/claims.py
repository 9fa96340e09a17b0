"""Short-lived permissions of an app: a trigger id to open a modal, a response address to answer at, a ticket
to open a WebSocket."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import MovableClock
from sandbox.errors import SlackError

TRIGGER_SECONDS = 3.0
TICKET_SECONDS = 30.0
RESPONSE_USES = 5
RESPONSE_LIFE = timedelta(minutes=30)
KEPT = 1000
"""The most of each kind that are remembered; the oldest have long expired, and then count as unknown."""


@dataclass(slots=True)
class Trigger:
    user: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class ResponseAddress:
    """Where an app may answer later: five times within half an hour."""

    user: str
    channel: str
    message_ts: str | None
    expires_at: datetime
    uses: int = 0


@dataclass(slots=True)
class Claims:
    """Trigger ids and tickets age by the machine's own time (``monotonic``, seconds): 3 s are 3 s however the
    simulated clock is moved. Response addresses age by the workspace's clock."""

    clock: MovableClock
    monotonic: Callable[[], float] = time.monotonic
    trigger_seconds: float = TRIGGER_SECONDS
    triggers: dict[str, Trigger] = field(default_factory=dict)
    responses: dict[str, ResponseAddress] = field(default_factory=dict)
    tickets: dict[str, float] = field(default_factory=dict)

    def add_trigger(self, trigger_id: str, user: str) -> None:
        _make_room(self.triggers)
        self.triggers[trigger_id] = Trigger(user, self.monotonic() + self.trigger_seconds)

    def use_trigger(self, trigger_id: str) -> str:
        """The person whose click this is. Raises SlackError: good for 3 s, once."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.monotonic() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def add_response_address(self, secret: str, user: str, channel: str, message_ts: str | None) -> None:
        _make_room(self.responses)
        self.responses[secret] = ResponseAddress(user, channel, message_ts, self.clock.now() + RESPONSE_LIFE)

    def use_response_address(self, secret: str) -> ResponseAddress:
        """Raises SlackError used_url or expired_url."""
        address = self.responses.get(secret)
        if address is None or self.clock.now() > address.expires_at:
            raise SlackError("expired_url")
        if address.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        address.uses += 1
        return address

    def add_ticket(self, ticket: str) -> None:
        _make_room(self.tickets)
        self.tickets[ticket] = self.monotonic() + TICKET_SECONDS

    def use_ticket(self, ticket: str) -> None:
        """Raises SlackError invalid_ticket: good for 30 s, once."""
        if self.monotonic() > self.tickets.pop(ticket, 0.0):
            raise SlackError("invalid_ticket")

    def clear(self) -> None:
        self.tickets.clear()
        self.triggers.clear()
        self.responses.clear()


def _make_room(kept: dict[str, Any]) -> None:
    while len(kept) >= KEPT:
        del kept[next(iter(kept))]
