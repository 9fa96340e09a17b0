"""Claiming what is due, and noting what came of it: the two transactions between which a message is sent.

What makes them neither lose nor repeat a message is in docs/decisions/0004-deliveries.md.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.sending.outcomes import NotNow, Outcome, Refused, Sent, Unknown
from bot.domain.sending.rate_limit import RateLimit, TokenBucket
from bot.services.announcements import posts
from bot.services.deliveries import outbox
from bot.services.deliveries.outbox import IN_CHANNELS, METHODS, UNDISTURBING, DeliveryKind
from bot.services.deliveries.rendered import Deferred, Edit, OutgoingMessage, Rendered, Skipped
from bot.services.prompts import sent
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage.offerings import catalogue as offering_rows
from storage.sending import claims as claim_rows
from storage.sending import rate_limits as pace_rows
from storage.transaction import Tx

LEASE = timedelta(seconds=60)
"""Longer than a send can take: 10 s to look for an earlier one, 10 s to send."""

LONGEST_WAIT = timedelta(minutes=15)
"""Between two attempts while Slack is away."""

AT_MOST_ONCE = {DeliveryKind.DAY_BEFORE, DeliveryKind.ANNOUNCEMENT, DeliveryKind.ROUND} | UNDISTURBING
"""Kinds that are rather not sent than sent twice, when Slack can't say whether an attempt arrived."""

TELL_FACILITATORS = {
    DeliveryKind.CONFIRMATION,
    DeliveryKind.PROMOTION,
    DeliveryKind.CHANGE,
    DeliveryKind.HOUR_BEFORE,
    DeliveryKind.ROUND,
}
"""Kinds whose definite failure a facilitator hears of: somebody may stand before a closed door."""


TOO_LATE = Skipped("too_late")


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery that is ours to send for now. ``look_first``: an attempt may have reached Slack."""

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
    tx: Tx, method: str, rate_limit: RateLimit, now: datetime, lease: timedelta = LEASE
) -> list[Claim]:
    """Take what this method's rate limit allows of what is due; nobody else sends it until the lease ends.

    The state of the limit is a locked row: limits hold across instances, and claims follow one another.
    """
    row = pace_rows.lock_rate_limit(tx, method, full=rate_limit.burst, now=now)
    bucket = TokenBucket(row.tokens, row.refilled_at, row.not_before).refilled(rate_limit, now)
    limit = bucket.available(now)
    if limit == 0:
        return []
    claim_rows.prepare_due(tx, now)
    owner = uuid.uuid4().hex
    claimed = claim_rows.claim_due(tx, kinds=METHODS[method], owner=owner, now=now, lease=lease, limit=limit)
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
    outcome: Outcome | Skipped | Deferred,
    rendered: Rendered | None,
    now: datetime,
    longest_wait: timedelta = LONGEST_WAIT,
) -> bool:
    """Note what came of a claim. False when the claim had passed to somebody else meanwhile."""
    outgoing = rendered if isinstance(rendered, OutgoingMessage) else None
    done = _mark(tx, claim, outcome, outgoing, now, longest_wait)
    if done and claim.kind in IN_CHANNELS:
        delivery = delivery_rows.get_delivery(tx, claim.id)
        assert delivery is not None
        post_id = int(delivery.occurrence.split(":")[0])
        text = rendered.post if isinstance(rendered, OutgoingMessage | Edit) else None
        posts.note_outcome(tx, claim.kind, post_id, outcome, text, now, is_sure=not claim.look_first)
    return done


def _mark(  # noqa: PLR0911 - one return an outcome
    tx: Tx,
    claim: Claim,
    outcome: Outcome | Skipped | Deferred,
    outgoing: OutgoingMessage | None,
    now: datetime,
    longest_wait: timedelta,
) -> bool:
    pause = min(backoff(claim.attempt), longest_wait)
    match outcome:
        case Sent(channel, ts):
            done = claim_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                state="sent",
                sent_at=now,
                channel=channel,
                ts=ts or None,
                reason=None,
            )
            if done and outgoing is not None and outgoing.enrolment_id and outgoing.tells_version:
                enrolment_rows.set_told(tx, outgoing.enrolment_id, outgoing.tells_version)
            if done and claim.kind in UNDISTURBING:
                sent.note_sent(tx, claim.kind, claim.recipient, now)
            return done
        case Refused(reason):
            done = claim_rows.mark(tx, claim.id, owner=claim.owner, state="failed", reason=reason)
            if done and claim.kind in TELL_FACILITATORS:
                _tell_facilitators(tx, claim, now)
            return done
        case Skipped(reason):
            # Nothing was sent now: what was never sent must not count as a prompt that somebody got.
            return claim_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                state="missed" if outcome is TOO_LATE else "cancelled",
                reason=reason,
                maybe_sent=claim.look_first,
            )
        case Deferred(until, reason):
            return claim_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                state="planned",
                due_at=until,
                reason=reason,
                maybe_sent=claim.look_first,
            )
        case NotNow(reason, retry_after):
            wait = timedelta(seconds=retry_after) if retry_after is not None else pause
            if retry_after is not None:
                _pause(tx, claim.kind, now + wait)
            # Nothing was sent now; whether an earlier attempt was is as open as before.
            return claim_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                state="planned",
                due_at=now + wait,
                reason=reason,
                maybe_sent=claim.look_first,
            )
        case Unknown(reason):
            if claim.kind in AT_MOST_ONCE and reason.startswith("history"):
                return claim_rows.mark(tx, claim.id, owner=claim.owner, state="unknown", reason=reason)
            return claim_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                state="planned",
                due_at=now + pause,
                reason=reason,
            )


def backoff(attempt: int) -> timedelta:
    """How long to wait after the n-th attempt (from 1): 2 s, 4 s, 8 s ... 15 minutes."""
    return min(timedelta(seconds=2 ** min(attempt, 12)), LONGEST_WAIT)


def _pause(tx: Tx, kind: DeliveryKind, until: datetime) -> None:
    """Slack said Retry-After: no instance calls this method before."""
    method = next(method for method, kinds in METHODS.items() if kind in kinds)
    row = pace_rows.lock_rate_limit(tx, method, full=0, now=until)
    row.not_before = max(row.not_before, until) if row.not_before is not None else until


def _tell_facilitators(tx: Tx, claim: Claim, now: datetime) -> None:
    delivery = delivery_rows.get_delivery(tx, claim.id)
    assert delivery is not None
    found = offering_rows.get_offering(tx, delivery.subject.split("/")[0])
    if found is not None:
        facilitators = [each for each in found.facilitators if "@" not in each]
        outbox.plan_undelivered(tx, facilitators, claim.id, now)
