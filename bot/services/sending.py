"""Sending what is due: claim a few, render each from today's data, send, note what came of it."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.domain.pace import Bucket, Pace
from bot.domain.sending import NotNow, Outcome, Refused, Sent, Unknown
from bot.services.rendering import HomeView, Obsolete, Rendered, Renderer
from bot.views.blocks import Message, View
from storage import deliveries as delivery_rows
from storage.engine import Store

log = logging.getLogger(__name__)

BATCH = 20
PACE = Pace(per_second=5, burst=BATCH)
"""Slack lets a workspace's app post several hundred messages a minute; we stay at 300."""

LEASE = timedelta(seconds=60)
"""Longer than a send can take (10 s time-out, one message a second per channel)."""

LONGEST_WAIT = timedelta(minutes=15)
"""Between two attempts while Slack is away."""


class Outgoing(Protocol):
    """The way out to Slack, as far as sending needs it."""

    def post_message(self, recipient: str, message: Message, delivery_id: int) -> Awaitable[Outcome]: ...

    def publish_home(self, user_id: str, view: View) -> Awaitable[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery that is ours to send for now."""

    id: int
    kind: str
    recipient: str
    subject: str
    occurrence: str
    attempt: int
    owner: str


def claim_due(tx: Session, now: datetime, limit: int) -> list[Claim]:
    """Take a few due deliveries; nobody else sends them until the lease runs out."""
    owner = uuid.uuid4().hex
    rows = delivery_rows.claim_due(tx, owner=owner, now=now, lease=LEASE, limit=limit)
    return [
        Claim(row.id, row.kind, row.recipient, row.subject, row.occurrence, row.attempts, owner)
        for row in rows
    ]


def settle(tx: Session, claim: Claim, outcome: Outcome | Obsolete, now: datetime) -> bool:
    """Note what came of a claim. False when the claim had passed to somebody else meanwhile."""
    match outcome:
        case Sent(channel, ts):
            return delivery_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                attempt=claim.attempt,
                state="sent",
                sent_at=now,
                channel=channel,
                ts=ts,
            )
        case Refused(reason):
            return delivery_rows.mark(
                tx, claim.id, owner=claim.owner, attempt=claim.attempt, state="failed", reason=reason
            )
        case Obsolete(reason):
            return delivery_rows.mark(
                tx, claim.id, owner=claim.owner, attempt=claim.attempt, state="cancelled", reason=reason
            )
        case NotNow(reason, retry_after):
            wait = timedelta(seconds=retry_after) if retry_after is not None else backoff(claim.attempt)
            return delivery_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                attempt=claim.attempt,
                state="planned",
                due_at=now + wait,
                reason=reason,
            )
        case Unknown(reason):
            # A seat's confirmation or promotion is owed at least once: twice is better than never.
            return delivery_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                attempt=claim.attempt,
                state="planned",
                due_at=now + backoff(claim.attempt),
                reason=reason,
            )


def backoff(attempt: int) -> timedelta:
    """How long to wait after the n-th attempt (from 1): 2 s, 4 s, 8 s ... 15 minutes."""
    return min(timedelta(seconds=2 ** min(attempt, 12)), LONGEST_WAIT)


class Sender:
    """Sends what is due, one round at a time; ``wake`` starts a round, or one more after the present one."""

    def __init__(self, store: Store, slack: Outgoing, renderer: Renderer, clock: Clock) -> None:
        self._store = store
        self._slack = slack
        self._renderer = renderer
        self._clock = clock
        self._round: asyncio.Task[None] | None = None
        self._again = False
        self._bucket = Bucket(PACE)

    def wake(self) -> None:
        """Send what is due now, without waiting for the next tick. Must be called in the event loop."""
        if self._round is not None and not self._round.done():
            self._again = True
        else:
            self._round = asyncio.get_running_loop().create_task(self._rounds())

    async def tick(self) -> None:
        """One round, awaited; the scheduler's job."""
        self.wake()
        if self._round is not None:
            await self._round

    async def drain(self) -> None:
        """Finish the round that is under way; start no other."""
        self._again = False
        if self._round is not None:
            await asyncio.wait([self._round])

    async def _rounds(self) -> None:
        while True:
            self._again = False
            sent = await self.send_due()
            if not sent and not self._again:
                return

    async def send_due(self) -> int:
        """Send one batch of what is due; return how many were settled."""
        limit = min(BATCH, self._bucket.available(time.monotonic()))
        if not limit or not await self._store.look(delivery_rows.has_due, self._clock.now()):
            return 0
        claims = await self._store.run(claim_due, self._clock.now(), limit)
        self._bucket.take(len(claims), time.monotonic())
        await asyncio.gather(*(self._send(claim) for claim in claims))
        return len(claims)

    async def _send(self, claim: Claim) -> None:
        try:
            outcome = await self._outcome_of(claim)
        except Exception:
            # One delivery that can't be rendered must not hold up the rest; its lease brings it back.
            log.exception("delivery failed", extra={"action": "delivery_crashed", "delivery": claim.id})
            outcome = NotNow("internal_error")
        await self._store.run(settle, claim, outcome, self._clock.now())
        log.info(
            "delivery %s: %s",
            claim.id,
            type(outcome).__name__,
            extra={"action": "delivery_settled", "delivery": claim.id, "kind": claim.kind},
        )

    async def _outcome_of(self, claim: Claim) -> Outcome | Obsolete:
        rendered: Rendered = await self._store.look(
            self._renderer.render,
            claim.kind,
            claim.recipient,
            claim.subject,
            claim.occurrence,
            self._clock.now(),
        )
        match rendered:
            case Obsolete():
                return rendered
            case HomeView(view):
                return await self._slack.publish_home(claim.recipient, view)
            case Message():
                return await self._slack.post_message(claim.recipient, rendered, claim.id)
