"""Claims due deliveries and records their outcomes: the two transactions around a send.

docs/decisions/0004-deliveries.md explains why they neither lose nor repeat a message.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.clock import Now, read
from bot.domain.deliveries import DeliveryKind, DeliveryState, Subject
from bot.domain.sending.outcomes import NotNow, Outcome, Refused, Sent, Unknown
from bot.domain.sending.rate_limit import LONGEST_WAIT, RateLimit, backoff
from bot.domain.sending.refusals import is_of_us
from bot.services.deliveries import outbox
from bot.services.deliveries.declaration import MessageKind, Settled
from bot.services.deliveries.rendered import Deferred, Rendered, Skipped
from storage import deliveries as delivery_rows
from storage.deliveries import DeliveryRow
from storage.offerings import catalogue as offering_rows
from storage.sending import claims as claim_rows
from storage.sending import pause as pause_rows
from storage.sending import rate_limits as rate_limit_rows
from storage.transaction import Tx

LEASE = timedelta(seconds=60)
"""Longer than a send can take: 10 s to look for an earlier message, 10 s to send."""

TOO_LATE = Skipped("too_late")


class Claim(Struct, frozen=True):
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
    at: datetime


def kinds_to_send(tx: Tx, now: datetime, while_paused: frozenset[str]) -> set[str]:
    """The kinds of which something is due; while all sending is paused, only those in ``while_paused``."""
    due = claim_rows.due_kinds(tx, now)
    return due & while_paused if due and pause_rows.is_paused(tx) else due


def claim_due(  # noqa: PLR0917 - Store.run passes them in order
    tx: Tx,
    method: str,
    kinds: Sequence[DeliveryKind],
    rate_limit: RateLimit,
    now: datetime,
    lease: timedelta = LEASE,
    most: int | None = None,
    while_paused: frozenset[str] = frozenset(),
) -> list[Claim]:
    """Claim due deliveries, as many as this method's rate limit allows and at most ``most``; nobody else
    sends them until the lease ends. While all sending is paused, only the kinds in ``while_paused``. The
    state of the rate limit is a locked row, so that limits hold across instances and claims run one after
    another.
    """
    stored = rate_limit_rows.lock_rate_limit(tx, method, full=rate_limit.burst, now=now)
    bucket = stored.refilled(rate_limit, now)
    limit = bucket.available(now) if most is None else min(bucket.available(now), most)
    if limit == 0:
        return []
    claim_rows.prepare_due(tx, now)
    if pause_rows.is_paused(tx):
        kinds = [each for each in kinds if each in while_paused]
    owner = uuid.uuid4().hex
    claimed = claim_rows.claim_due(tx, kinds=kinds, owner=owner, now=now, lease=lease, limit=limit)
    left = replace(bucket, tokens=bucket.tokens - len(claimed))
    rate_limit_rows.store_rate_limit(tx, method, left)
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
            at=now,
        )
        for each in claimed
    ]


def settle(
    tx: Tx,
    claim: Claim,
    kind: MessageKind | None,
    outcome: Outcome | Skipped | Deferred,
    rendered: Rendered | None,
    now: Now,
    longest_wait: timedelta = LONGEST_WAIT,
    *,
    follows: bool = True,
) -> bool:
    """Store the outcome of a claim and, with ``follows``, apply what the kind declares to follow. Returns
    False, and stores nothing, if another sender holds the claim now.
    """
    again, now = now, read(now)
    values = _columns_after(
        claim, outcome, now, longest_wait, at_most_once=kind is not None and kind.at_most_once
    )
    if not claim_rows.mark(tx, claim.id, owner=claim.owner, **values):
        return False
    if kind is None or not follows:
        return True
    if isinstance(outcome, NotNow) and outcome.retry_after is not None and not outcome.looking:
        _pause(tx, kind.limited_by, values["retry_at"])
    delivery = delivery_rows.get_delivery(tx, claim.id)
    assert delivery is not None
    if values["state"] == DeliveryState.FAILED and kind.tells_facilitators:
        _tell_facilitators(tx, delivery, now)
    if kind.after is not None and not is_refusal_of_us(outcome):
        kind.after(
            tx, Settled(delivery, outcome, rendered, now, is_sure=not claim.look_first, under_lock=again)
        )
    return True


def _columns_after(  # noqa: PLR0911 - one return an outcome
    claim: Claim,
    outcome: Outcome | Skipped | Deferred,
    now: datetime,
    longest_wait: timedelta,
    *,
    at_most_once: bool,
) -> dict[str, Any]:
    """The delivery's columns after that outcome.

    Where nothing was sent now, ``maybe_sent`` goes back to what it was before the claim: a message that was
    never sent must not count as received.
    """
    pause = min(backoff(claim.attempt), longest_wait)
    undone: dict[str, Any] = {"state": DeliveryState.PLANNED, "maybe_sent": claim.look_first}
    match outcome:
        case Sent(channel, ts):
            sent = {"sent_at": now, "channel": channel, "ts": ts or None}
            return {"state": DeliveryState.SENT, "reason": None, "retry_at": None, **sent}
        case Refused(reason) if is_of_us(reason):
            # ``Access`` finds out whether Slack accepts the app. It tries others before this message is due
            # again, after longer pauses: perhaps Slack refuses only this message.
            return undone | {"retry_at": now + min(4 * pause, LONGEST_WAIT), "reason": reason}
        case Refused(reason):
            return {"state": DeliveryState.FAILED, "reason": reason}
        case Skipped(reason):
            state = DeliveryState.MISSED if outcome is TOO_LATE else DeliveryState.CANCELLED
            return {"state": state, "reason": reason, "maybe_sent": claim.look_first}
        case Deferred(until, reason):
            return undone | {"due_at": until, "retry_at": None, "reason": reason}
        case NotNow(reason, float(retry_after), looking=True):
            # A search of the history continues page by page: the pause must not grow with each page.
            return undone | {"retry_at": now + timedelta(seconds=retry_after), "reason": reason}
        case NotNow(reason, retry_after):
            if retry_after is not None:  # a Retry-After of 0, again and again, must not mean no pause
                pause = min(max(pause, timedelta(seconds=retry_after)), LONGEST_WAIT)
            return undone | {"retry_at": now + pause, "reason": reason}
        case Unknown(reason):
            if at_most_once and reason.startswith("history"):
                return {"state": DeliveryState.UNKNOWN, "reason": reason}
            return {"state": DeliveryState.PLANNED, "retry_at": now + pause, "reason": reason}


def is_refusal_of_us(outcome: object) -> bool:
    """Whether Slack refused the app itself, and with it every message."""
    return isinstance(outcome, Refused) and is_of_us(outcome.reason)


def _pause(tx: Tx, method: str, until: datetime) -> None:
    """Apply Slack's Retry-After: no instance calls this method before ``until``."""
    stored = rate_limit_rows.lock_rate_limit(tx, method, full=0, now=until)
    if stored.not_before is None or stored.not_before < until:
        rate_limit_rows.store_rate_limit(tx, method, replace(stored, not_before=until))


def _tell_facilitators(tx: Tx, delivery: DeliveryRow, now: datetime) -> None:
    found = offering_rows.get_offering(tx, Subject.parse(delivery.subject).code)
    if found is not None:
        facilitators = [each for each in found.facilitators if "@" not in each]
        outbox.plan_undelivered(tx, facilitators, delivery.id, now)
