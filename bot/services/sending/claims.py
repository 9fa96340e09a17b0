"""Claims due deliveries and records their outcomes: the two transactions around a send.

docs/decisions/0004-deliveries.md explains why they neither lose nor repeat a message.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.deliveries import DeliveryKind, DeliveryState, Subject
from bot.domain.sending.outcomes import NotNow, Outcome, Refused, Sent, Unknown
from bot.domain.sending.rate_limit import RateLimit, TokenBucket
from bot.services.deliveries import outbox
from bot.services.deliveries.declaration import MessageKind, Settled
from bot.services.deliveries.rendered import Deferred, Rendered, Skipped
from storage import deliveries as delivery_rows
from storage.offerings import catalogue as offering_rows
from storage.sending import claims as claim_rows
from storage.sending import rate_limits as rate_limit_rows
from storage.tables import Delivery
from storage.transaction import Tx

LEASE = timedelta(seconds=60)
"""Longer than a send can take: 10 s to look for an earlier message, 10 s to send."""

LONGEST_WAIT = timedelta(minutes=15)
"""The longest time between two attempts while Slack is unavailable."""

TOO_LATE = Skipped("too_late")


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery that this process may send now. ``look_first``: an earlier attempt may have
    reached Slack."""

    id: int
    kind: DeliveryKind
    recipient: str
    planned_at: datetime
    due_at: datetime
    expires_at: datetime | None
    attempt: int
    owner: str
    look_first: bool


def claim_due(
    tx: Tx,
    method: str,
    kinds: Sequence[DeliveryKind],
    rate_limit: RateLimit,
    now: datetime,
    lease: timedelta = LEASE,
) -> list[Claim]:
    """Claim due deliveries as far as this method's rate limit allows; nobody else sends them until the lease
    ends.

    The state of the rate limit is a locked row, so that limits hold across instances and claims run one after
    another.
    """
    row = rate_limit_rows.lock_rate_limit(tx, method, full=rate_limit.burst, now=now)
    bucket = TokenBucket(row.tokens, row.refilled_at, row.not_before).refilled(rate_limit, now)
    limit = bucket.available(now)
    if limit == 0:
        return []
    claim_rows.prepare_due(tx, now)
    owner = uuid.uuid4().hex
    claimed = claim_rows.claim_due(tx, kinds=kinds, owner=owner, now=now, lease=lease, limit=limit)
    row.tokens, row.refilled_at = bucket.tokens - len(claimed), bucket.at
    return [
        Claim(
            each.id,
            DeliveryKind(each.kind),
            each.recipient,
            each.planned_at,
            each.due_at,
            each.expires_at,
            each.attempts + 1,
            owner,
            look_first=each.maybe_sent,
        )
        for each in claimed
    ]


def settle(
    tx: Tx,
    claim: Claim,
    kind: MessageKind | None,
    outcome: Outcome | Skipped | Deferred,
    rendered: Rendered | None,
    now: datetime,
    longest_wait: timedelta = LONGEST_WAIT,
) -> bool:
    """Record the outcome of a claim and what follows from it. False when another process has taken the claim
    over: then nothing is recorded."""
    fate = _fate(claim, outcome, now, longest_wait, at_most_once=kind is not None and kind.at_most_once)
    if not claim_rows.mark(tx, claim.id, owner=claim.owner, **fate):
        return False
    if kind is None:
        return True
    if isinstance(outcome, NotNow) and outcome.retry_after is not None:
        _pause(tx, kind.limited_by, fate["due_at"])
    delivery = delivery_rows.get_delivery(tx, claim.id)
    assert delivery is not None
    if isinstance(outcome, Refused) and kind.tells_facilitators:
        _tell_facilitators(tx, delivery, now)
    if kind.after is not None:
        kind.after(tx, Settled(delivery, outcome, rendered, now, is_sure=not claim.look_first))
    return True


def _fate(
    claim: Claim,
    outcome: Outcome | Skipped | Deferred,
    now: datetime,
    longest_wait: timedelta,
    *,
    at_most_once: bool,
) -> dict[str, Any]:
    """The delivery's columns after that outcome.

    If nothing was sent now, it stays as uncertain as before whether an earlier attempt was. A message that
    was never sent must not count as received.
    """
    pause = min(backoff(claim.attempt), longest_wait)
    match outcome:
        case Sent(channel, ts):
            sent = {"sent_at": now, "channel": channel, "ts": ts or None}
            return {"state": DeliveryState.SENT, "reason": None, **sent}
        case Refused(reason):
            return {"state": DeliveryState.FAILED, "reason": reason}
        case Skipped(reason):
            state = DeliveryState.MISSED if outcome is TOO_LATE else DeliveryState.CANCELLED
            return {"state": state, "reason": reason, "maybe_sent": claim.look_first}
        case Deferred(until, reason):
            due_at = until
        case NotNow(reason, retry_after):
            due_at = now + (timedelta(seconds=retry_after) if retry_after is not None else pause)
        case Unknown(reason):
            if at_most_once and reason.startswith("history"):
                return {"state": DeliveryState.UNKNOWN, "reason": reason}
            return {"state": DeliveryState.PLANNED, "due_at": now + pause, "reason": reason}
    return {
        "state": DeliveryState.PLANNED, "due_at": due_at, "reason": reason, "maybe_sent": claim.look_first
    }  # fmt: skip


def backoff(attempt: int) -> timedelta:
    """The wait after the n-th attempt (from 1): 2 s, 4 s, 8 s ... 15 minutes."""
    return min(timedelta(seconds=2 ** min(attempt, 12)), LONGEST_WAIT)


def _pause(tx: Tx, method: str, until: datetime) -> None:
    """Apply Slack's Retry-After: no instance calls this method before ``until``."""
    row = rate_limit_rows.lock_rate_limit(tx, method, full=0, now=until)
    row.not_before = max(row.not_before, until) if row.not_before is not None else until


def _tell_facilitators(tx: Tx, delivery: Delivery, now: datetime) -> None:
    found = offering_rows.get_offering(tx, Subject.parse(delivery.subject).code)
    if found is not None:
        facilitators = [each for each in found.facilitators if "@" not in each]
        outbox.plan_undelivered(tx, facilitators, delivery.id, now)
