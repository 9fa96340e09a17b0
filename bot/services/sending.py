"""Sending what is due: claim a few, render each from today's data, send, note what came of it.

What makes it neither lose nor repeat a message is in docs/decisions/0004-deliveries.md.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.domain.pace import Allowance, Pace
from bot.domain.sending import CannotTell, Found, NotNow, NotThere, Outcome, Refused, Sent, Trace, Unknown
from bot.services import outbox, posts, prompt_plan, prompt_sent
from bot.services.outbox import IN_CHANNELS, METHODS, POSTED, UNDISTURBING, DeliveryKind
from bot.services.rendered import Edit, HomeView, Letter, NotYet, Obsolete, PostText, Rendered
from bot.services.rendering import Renderer
from bot.views.blocks import Message, View
from storage import deliveries as delivery_rows
from storage import enrolments as enrolment_rows
from storage import offerings as offering_rows
from storage import paces as pace_rows
from storage import prompts as prompt_rows
from storage.engine import Store, StoreUnavailableError

log = logging.getLogger(__name__)

PACES = {
    "chat.postMessage": Pace(per_second=5, burst=20),  # several hundred a minute for a workspace
    "dnd.info": Pace(per_second=0.8, burst=20),  # tier 3, asked before whatever must not disturb
    "chat.update": Pace(per_second=0.8, burst=10),  # tier 3: 50 a minute
    "views.publish": Pace(per_second=1.6, burst=20),  # tier 4: 100 a minute
}
"""Slack's limits by method (docs: "Rate limits"), a little below them."""

LEASE = timedelta(seconds=60)
"""Longer than a send can take: 10 s to look for an earlier one, 10 s to send."""

CALM_SECONDS = 0.1
"""From the last wake to the round that it asks for; a tick comes each second anyway."""

STUCK_SECONDS = 120.0
"""A round ends within two time-outs of Slack for each batch; this long without an end is no round."""

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


TOO_LATE = Obsolete("too_late")


class Outgoing(Protocol):
    """The way out to Slack, as far as sending needs it."""

    def post_message(self, recipient: str, message: Message, delivery_id: int) -> Awaitable[Outcome]: ...

    def update_message(self, channel: str, ts: str, message: Message) -> Awaitable[Outcome]: ...

    def publish_home(self, user_id: str, view: View) -> Awaitable[Outcome]: ...

    def undisturbed_from(self, user_id: str, now: datetime) -> Awaitable[datetime | None]: ...

    def find_message(self, recipient: str, delivery_id: int, since: datetime) -> Awaitable[Trace]: ...


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


@dataclass(slots=True)
class Tally:
    """What this process sent since its start, for /metrics: outcomes by kind, lag between due and sent."""

    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)
    lag_count: int = 0
    lag_seconds: float = 0.0
    rate_limited: int = 0
    unknown: int = 0


def claim_due(tx: Session, method: str, pace: Pace, now: datetime, lease: timedelta = LEASE) -> list[Claim]:
    """Take what this method's pace allows of what is due; nobody else sends it until the lease runs out.

    The pace is a locked row: limits hold across instances, and claims follow one another.
    """
    row = pace_rows.lock_pace(tx, method, full=pace.burst, now=now)
    allowance = Allowance(row.tokens, row.refilled_at, row.not_before).refilled(pace, now)
    limit = allowance.available(now)
    if limit == 0:
        return []
    delivery_rows.prepare_due(tx, now)
    owner = uuid.uuid4().hex
    claimed = delivery_rows.claim_due(
        tx, kinds=METHODS[method], owner=owner, now=now, lease=lease, limit=limit
    )
    row.tokens, row.refilled_at = allowance.tokens - len(claimed), allowance.at
    return [
        Claim(
            each.id,
            DeliveryKind(each.kind),
            each.recipient,
            each.planned_at,
            each.due_at,
            each.expires_at,
            each.attempts,
            owner,
            look_first=look_first,
        )
        for each, look_first in claimed
    ]


def settle(
    tx: Session,
    claim: Claim,
    outcome: Outcome | Obsolete | NotYet,
    rendered: Rendered | None,
    now: datetime,
    longest_wait: timedelta = LONGEST_WAIT,
) -> bool:
    """Note what came of a claim. False when the claim had passed to somebody else meanwhile."""
    letter = rendered if isinstance(rendered, Letter) else None
    done = _mark(tx, claim, outcome, letter, now, longest_wait)
    if done and claim.kind in IN_CHANNELS:
        delivery = delivery_rows.get_delivery(tx, claim.id)
        assert delivery is not None
        post_id = int(delivery.occurrence.split(":")[0])
        text = rendered.post if isinstance(rendered, Letter | Edit) else None
        posts.note_outcome(tx, claim.kind, post_id, outcome, text, now, is_sure=not claim.look_first)
    return done


def _mark(  # noqa: PLR0911 - one return an outcome
    tx: Session,
    claim: Claim,
    outcome: Outcome | Obsolete | NotYet,
    letter: Letter | None,
    now: datetime,
    longest_wait: timedelta,
) -> bool:
    pause = min(backoff(claim.attempt), longest_wait)
    match outcome:
        case Sent(channel, ts):
            done = delivery_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                state="sent",
                sent_at=now,
                channel=channel,
                ts=ts or None,
                reason=None,
            )
            if done and letter is not None and letter.enrolment_id and letter.tells_version:
                enrolment_rows.set_told(tx, letter.enrolment_id, letter.tells_version)
            if done and claim.kind in UNDISTURBING:
                prompt_sent.note_sent(tx, claim.kind, claim.recipient, now)
            return done
        case Refused(reason):
            done = delivery_rows.mark(tx, claim.id, owner=claim.owner, state="failed", reason=reason)
            if done and claim.kind in TELL_FACILITATORS:
                _tell_facilitators(tx, claim, now)
            return done
        case Obsolete(reason):
            # Nothing was sent now: what was never sent must not count as a prompt that somebody got.
            return delivery_rows.mark(
                tx,
                claim.id,
                owner=claim.owner,
                state="missed" if outcome is TOO_LATE else "cancelled",
                reason=reason,
                maybe_sent=claim.look_first,
            )
        case NotYet(until, reason):
            return delivery_rows.mark(
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
            return delivery_rows.mark(
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
                return delivery_rows.mark(tx, claim.id, owner=claim.owner, state="unknown", reason=reason)
            return delivery_rows.mark(
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


def _pause(tx: Session, kind: DeliveryKind, until: datetime) -> None:
    """Slack said Retry-After: no instance calls this method before."""
    method = next(method for method, kinds in METHODS.items() if kind in kinds)
    row = pace_rows.lock_pace(tx, method, full=0, now=until)
    row.not_before = max(row.not_before, until) if row.not_before is not None else until


def _tell_facilitators(tx: Session, claim: Claim, now: datetime) -> None:
    delivery = delivery_rows.get_delivery(tx, claim.id)
    assert delivery is not None
    found = offering_rows.get_offering(tx, delivery.subject.split("/")[0])
    if found is not None:
        facilitators = [each for each in found.facilitators if "@" not in each]
        outbox.plan_undelivered(tx, facilitators, claim.id, now)


class Sender:
    """Sends what is due, one round at a time; ``tick`` starts a round now, ``wake`` one soon."""

    def __init__(
        self,
        store: Store,
        slack: Outgoing,
        renderer: Renderer,
        clock: Clock,
        *,
        paces: dict[str, Pace] | None = None,
        lease: timedelta = LEASE,
        longest_wait: timedelta = LONGEST_WAIT,
        looks_first: bool = True,
    ) -> None:
        self._store = store
        self._slack = slack
        self._renderer = renderer
        self._clock = clock
        self._paces = paces or PACES
        self._lease, self._longest_wait = lease, longest_wait
        self._looks_first = looks_first
        self._round: asyncio.Task[None] | None = None
        self._soon: asyncio.TimerHandle | None = None
        self._again = False
        self._stopping = False
        self.tally = Tally()
        self._alive_at: float | None = None

    def wake(self) -> None:
        """Send soon what is due now, without waiting for the next tick. Must be called in the event loop.

        A crowd's wakes become one round, once it is calm: answers go before messages.
        """
        if self._stopping:
            return
        if self._soon is not None:
            self._soon.cancel()
        self._soon = asyncio.get_running_loop().call_later(CALM_SECONDS, self._start)

    def _start(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if self._stopping:
            return
        if self._round is not None and not self._round.done():
            self._again = True
        else:
            self._round = asyncio.get_running_loop().create_task(self._rounds())

    @property
    def is_stuck(self) -> bool:
        """Whether no round has come to its end for longer than any honest round takes."""
        if self._alive_at is None:
            return False
        return asyncio.get_running_loop().time() - self._alive_at > STUCK_SECONDS

    async def tick(self) -> None:
        """One round, awaited; the scheduler's job."""
        self._start()
        if self._round is not None:
            await self._round

    async def drain(self) -> None:
        """Finish the sends that are under way; start no other."""
        self._stopping = True
        if self._soon is not None:
            self._soon.cancel()
        if self._round is not None:
            await asyncio.wait([self._round])

    async def _rounds(self) -> None:
        while True:
            self._again = False
            try:
                sent = await self.send_due()
            except StoreUnavailableError as error:
                log.error("nothing sent: %s", error, extra={"action": "store_unavailable"})
                return
            self._alive_at = asyncio.get_running_loop().time()
            if self._stopping or not (sent or self._again):
                return

    async def send_due(self) -> int:
        """Send one batch of what is due; return how many were settled."""
        await self._plan_prompts()
        due = await self._store.look(delivery_rows.due_kinds, self._clock.now())
        claims: list[Claim] = []
        for method, pace in self._paces.items():
            if due.isdisjoint(METHODS[method]):
                continue
            claims += await self._store.run(claim_due, method, pace, self._clock.now(), self._lease)
        await asyncio.gather(*(self._send(claim) for claim in claims))
        return len(claims)

    async def _plan_prompts(self) -> None:
        """Nothing is sent by a plan that is out of date."""
        defaults = self._renderer.defaults
        while await self._store.look(prompt_rows.has_stale):
            if not await self._store.run(prompt_plan.plan_stale, defaults, self._clock.now()):
                return  # another instance is at it

    async def _send(self, claim: Claim) -> None:
        rendered: Rendered | None = None
        outcome: Outcome | Obsolete | NotYet
        try:
            rendered = await self._render(claim)
            outcome = await self._outcome_of(claim, rendered)
        except Exception:
            # One delivery that can't be rendered must not hold up the rest; it is tried again later.
            log.exception("delivery failed", extra={"action": "delivery_crashed", "delivery": claim.id})
            outcome = NotNow("internal_error")
        await self._store.run(settle, claim, outcome, rendered, self._clock.now(), self._longest_wait)
        self._count(claim, outcome)

    async def _render(self, claim: Claim) -> Rendered:
        now = self._clock.now()
        if claim.expires_at is not None and now >= claim.expires_at:
            return TOO_LATE
        return await self._store.look(self._renderer.render, claim.id, now)

    async def _outcome_of(  # noqa: PLR0911 - one return a kind
        self, claim: Claim, rendered: Rendered
    ) -> Outcome | Obsolete | NotYet:
        match rendered:
            case NotYet():
                return rendered
            case Letter(message):
                if claim.kind in UNDISTURBING and (waits := await self._waits(claim)) is not None:
                    return waits
                return await self._post(claim, message)
            case Obsolete():
                return await self._obsolete(claim, rendered)
            case Edit(post=PostText(says, stands)) if says == stands and not claim.look_first:
                return posts.STANDS_ALREADY
            case Edit(channel, ts, message):
                return await self._slack.update_message(channel, ts, message)
            case HomeView(view):
                return await self._slack.publish_home(claim.recipient, view)

    async def _post(self, claim: Claim, message: Message) -> Outcome:
        if claim.look_first and self._looks_first:
            trace = await self._find(claim)
            if isinstance(trace, Found):
                return Sent(trace.channel, trace.ts)
            if isinstance(trace, CannotTell):
                if trace.retry_after is not None or not trace.final:
                    return NotNow(f"history {trace.reason}", trace.retry_after)
                if claim.kind in AT_MOST_ONCE:
                    return Unknown(f"history {trace.reason}")
        return await self._slack.post_message(claim.recipient, message, claim.id)

    async def _waits(self, claim: Claim) -> NotYet | None:
        """Whether the person does not want to be disturbed now; Slack not saying so is no reason to wait."""
        until = await self._slack.undisturbed_from(claim.recipient, self._clock.now())
        return NotYet(until, "do_not_disturb") if until is not None else None

    async def _obsolete(self, claim: Claim, rendered: Obsolete) -> Outcome | Obsolete:
        """What no longer needs saying may have been said by an attempt we never heard of."""
        if claim.look_first and self._looks_first and claim.kind in POSTED:
            trace = await self._find(claim)
            if isinstance(trace, Found):
                return Sent(trace.channel, trace.ts)
        return rendered

    async def _find(self, claim: Claim) -> Found | NotThere | CannotTell:
        return await self._slack.find_message(claim.recipient, claim.id, claim.planned_at)

    def _count(self, claim: Claim, outcome: Outcome | Obsolete | NotYet) -> None:
        name = type(outcome).__name__.lower()
        key = (claim.kind.value, name)
        self.tally.outcomes[key] = self.tally.outcomes.get(key, 0) + 1
        self.tally.rate_limited += isinstance(outcome, NotNow) and outcome.retry_after is not None
        self.tally.unknown += isinstance(outcome, Unknown)
        if isinstance(outcome, Sent):
            self.tally.lag_count += 1
            self.tally.lag_seconds += max((self._clock.now() - claim.due_at).total_seconds(), 0.0)
        log.info(
            "delivery %s: %s",
            claim.id,
            name,
            extra={"action": "delivery_settled", "delivery": claim.id, "kind": claim.kind.value},
        )
