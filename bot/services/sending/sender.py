"""Sends due deliveries: claim a batch, render each from the current data, send, record the outcome."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextvars import Context
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, field

from bot.clock import Clock
from bot.domain.people.person import Defaults
from bot.domain.sending.outcomes import (
    CRASHED,
    CannotTell,
    Found,
    NotNow,
    NotThere,
    Outcome,
    Refused,
    Sent,
    Trace,
    Unknown,
)
from bot.domain.sending.rate_limit import LONGEST_WAIT, RateLimit
from bot.domain.sending.refusals import is_of_us_when_looking
from bot.services.deliveries.declaration import MessageKind, MessageKinds, Method
from bot.services.deliveries.rendered import (
    STANDS_ALREADY,
    Clearing,
    Deferred,
    Edit,
    HomeView,
    OutgoingMessage,
    PostText,
    Rendered,
    Skipped,
)
from bot.services.sending.access import Access
from bot.services.sending.claims import LEASE, TOO_LATE, Claim, claim_due, kinds_to_send, settle
from bot.services.sending.clock_watch import ClockWatch
from bot.services.sending.rendering import render
from bot.tracing import span
from bot.views.blocks import Message, View
from storage.engine import Store, StoreUnavailableError

log = logging.getLogger(__name__)

RATE_LIMITS = {
    "chat.postMessage": RateLimit(per_second=5, burst=20),  # several hundred a minute for a workspace
    "dnd.info": RateLimit(per_second=0.8, burst=20),  # tier 3, called before messages that must not disturb
    "chat.update": RateLimit(per_second=0.8, burst=10),  # tier 3: 50 a minute
    "views.publish": RateLimit(per_second=1.6, burst=20),  # tier 4: 100 a minute
    "chat.delete": RateLimit(per_second=0.05, burst=2),  # tier 3; each call clears up to 15 messages
}
"""Rate limits by method, a little below Slack's (documentation: "Rate limits")."""

CALM_SECONDS = 0.1
"""Debounce: seconds from the last ``wake`` to its run. A tick comes each second anyway."""

STUCK_SECONDS = 120.0
"""A run takes at most two of Slack's time-outs per batch; one that takes longer than this is stuck."""


LONGEST_LOOK_BACK = timedelta(days=2)
"""How far back to look for an earlier attempt whose time is not known."""

LOST = NotNow("lease_over")
"""This process stood still for so long that another may have claimed the delivery."""


class Outgoing(Protocol):
    """The interface to Slack, as far as sending needs it."""

    @property
    def ours(self) -> frozenset[str]: ...

    def introduce(self) -> Awaitable[Outcome]: ...

    def post_message(self, recipient: str, message: Message, delivery_id: int) -> Awaitable[Outcome]: ...

    def update_message(self, channel: str, ts: str, message: Message) -> Awaitable[Outcome]: ...

    def publish_home(self, user_id: str, view: View) -> Awaitable[Outcome]: ...

    def clear_conversation(self, channel: str, until: datetime) -> Awaitable[Outcome]: ...

    def undisturbed_from(self, user_id: str, now: datetime) -> Awaitable[datetime | None]: ...

    def find_message(self, recipient: str, delivery_id: int, since: datetime) -> Awaitable[Trace]: ...


class Tally(Struct):
    """What this process has sent since its start, for /metrics: outcomes by kind and reason, and the lag
    between due and sent."""

    outcomes: dict[tuple[str, str, str], int] = field(default_factory=dict)
    lag_count: int = 0
    lag_seconds: float = 0.0
    rate_limited: int = 0
    unknown: int = 0
    crashed: int = 0
    """Deliveries, people and whole batches that raised; each is set aside or tried again."""


class Sender:
    """Sends due deliveries, one run at a time; ``tick`` starts a run now, ``wake`` soon."""

    def __init__(
        self,
        store: Store,
        slack: Outgoing,
        kinds: MessageKinds,
        defaults: Defaults,
        clock: Clock,
        *,
        rate_limits: dict[str, RateLimit] | None = None,
        lease: timedelta = LEASE,
        longest_wait: timedelta = LONGEST_WAIT,
        looks_first: bool = True,
        checks_lease: bool = True,
        watches_clock: bool = False,
        prepare: Callable[[datetime], Awaitable[int]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._slack = slack
        self._kinds, self._defaults = kinds, defaults
        self._prepare = prepare
        self._clock = clock
        self._rate_limits = rate_limits or RATE_LIMITS
        self._lease, self._longest_wait = lease, longest_wait
        self._looks_first, self._checks_lease = looks_first, checks_lease
        self._monotonic = monotonic
        # A clock that tests or a rehearsal move never runs evenly.
        self._watch = ClockWatch(clock, monotonic, lease) if watches_clock else None
        self.access = Access(slack, clock)
        self._run: asyncio.Task[None] | None = None
        self._soon: asyncio.TimerHandle | None = None
        self._again = False
        self._stopping = False
        self.tally = Tally()
        self._alive_at: float | None = None

    def wake(self) -> None:
        """Send due messages soon, without waiting for the next tick. Must be called in the event loop. Many
        calls in a row become one run after the last of them: answers to clicks go first. The run belongs to
        no request: the last click's deadline and id do not apply to it.
        """
        if self._stopping:
            return
        if self._soon is not None:
            self._soon.cancel()
        self._soon = asyncio.get_running_loop().call_later(CALM_SECONDS, self._start, context=Context())

    def _start(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if self._stopping:
            return
        self.begin()
        if self._run is not None and not self._run.done():
            self._again = True
        else:
            self._run = asyncio.get_running_loop().create_task(self._send_batches())

    def begin(self) -> None:
        """Expect runs to end from now on: see ``is_stuck``."""
        if self._alive_at is None:
            self._alive_at = self._monotonic()

    @property
    def is_stuck(self) -> bool:
        """Whether a run has been going on for longer than any run should take."""
        if self._alive_at is None:
            return False
        return self._monotonic() - self._alive_at > STUCK_SECONDS

    async def tick(self) -> None:
        """One run, awaited; the scheduler's job."""
        self._start()
        if self._run is not None:
            await self._run

    async def drain(self) -> None:
        """Finish the sends in progress and start no others."""
        self._stopping = True
        if self._soon is not None:
            self._soon.cancel()
        if self._run is not None:
            await asyncio.wait([self._run])

    async def _send_batches(self) -> None:
        while True:
            self._again = False
            try:
                sent = await self.send_due()
            except StoreUnavailableError as error:
                log.error("nothing sent: %s", error, extra={"action": "store_unavailable"})
                return
            self._alive_at = self._monotonic()
            if self._stopping or not (sent or self._again):
                return

    async def send_due(self) -> int:
        """Send one batch of what is due; return how many were settled."""
        await self._prepare_batch()  # nothing is sent from an outdated plan
        most = await self.access.allows()
        if most == 0:
            return 0
        now = self._clock.now() if self._watch is None else self._watch.even_now()
        if now is None:
            return 0
        while_paused = self._kinds.while_paused
        due = await self._store.read(kinds_to_send, now, while_paused)
        claims: list[Claim] = []
        claimed_at = self._monotonic()
        for method, rate_limit in self._rate_limits.items():
            kinds = self._kinds.limited_by(method)
            if due.isdisjoint(kinds):
                continue
            claims += await self._store.run(
                claim_due, method, kinds, rate_limit, now, self._lease, most, while_paused
            )
        await asyncio.gather(*(self._send(claim, claimed_at) for claim in claims))
        self.access.end_batch(tried=bool(claims))
        # While Slack refuses us, the next batch waits for the next tick.
        return len(claims) if self.access.refusal is None else 0

    async def _prepare_batch(self) -> None:
        if self._prepare is None:
            return
        try:
            self.tally.crashed += await self._prepare(self._clock.now())
        except StoreUnavailableError:
            raise
        except Exception:
            # A fault in preparing must not hold up deliveries already due.
            self.tally.crashed += 1
            log.exception("batch not prepared", extra={"action": "batch_not_prepared"})

    async def _send(self, claim: Claim, claimed_at: float) -> None:
        with span("delivery", kind=claim.kind.value) as note:
            note(outcome=type(await self._attempt(claim, claimed_at)).__name__)

    async def _attempt(self, claim: Claim, claimed_at: float) -> Outcome | Skipped | Deferred:
        rendered: Rendered | None = None
        outcome: Outcome | Skipped | Deferred
        try:
            rendered = await self._render(claim)
            outcome = await self._outcome_of(claim, self._kinds.get(claim.kind), rendered, claimed_at)
        except StoreUnavailableError:
            raise
        except Exception:
            # A delivery that can't be rendered must not hold up the rest; it is tried again later.
            log.exception("delivery failed", extra={"action": "delivery_crashed", "delivery": claim.id})
            outcome = NotNow(CRASHED)
            self.tally.crashed += 1
        self.access.note(outcome)
        await self._settle(claim, outcome, rendered)
        self._count(claim, outcome)
        return outcome

    async def _settle(
        self, claim: Claim, outcome: Outcome | Skipped | Deferred, rendered: Rendered | None
    ) -> None:
        kind = self._kinds.get(claim.kind)
        rest = (rendered, self._clock.now, self._longest_wait)
        try:
            await self._store.run(settle, claim, kind, outcome, *rest)
        except StoreUnavailableError:
            raise
        except Exception:
            # The outcome must be stored, or the message would be sent again. What follows from it is given
            # up; the log and the metric tell of it. Where nothing was sent, as when an offer ends, it is all
            # there is to do: it is tried again later.
            self.tally.crashed += 1
            log.exception("not followed up", extra={"action": "delivery_crashed", "delivery": claim.id})
            kept = NotNow(CRASHED) if isinstance(outcome, Skipped) else outcome
            await self._store.run(settle, claim, kind, kept, *rest, follows=False)

    async def _render(self, claim: Claim) -> Rendered:
        now = self._clock.now()
        if claim.expires_at is not None and now >= claim.expires_at:
            return TOO_LATE
        return await self._store.read(render, claim.id, self._kinds, self._defaults, now)

    async def _outcome_of(  # noqa: PLR0911 - one return a kind
        self, claim: Claim, kind: MessageKind | None, rendered: Rendered, claimed_at: float
    ) -> Outcome | Skipped | Deferred:
        match rendered:
            case Skipped() if kind is None or kind.method is not Method.POST:
                return rendered
            case Skipped():
                return await self._skipped(claim, rendered)
            case Deferred():
                return rendered
            case OutgoingMessage(message):
                assert kind is not None, "only a kind that is declared is rendered"
                if kind.undisturbing and (deferred := await self._deferred_by_person(claim)) is not None:
                    return deferred
                return await self._post(claim, kind, message, claimed_at)
            case Edit(post=PostText(says, stands)) if says == stands and not claim.look_first:
                return STANDS_ALREADY
            case Edit() | HomeView() | Clearing() if not self._is_ours(claim, claimed_at):
                return LOST
            case Edit(channel, ts, message):
                return await self._slack.update_message(channel, ts, message)
            case HomeView(view):
                return await self._slack.publish_home(claim.recipient, view)
            case Clearing(channel, until):
                return await self._slack.clear_conversation(channel, until)

    def _is_ours(self, claim: Claim, claimed_at: float) -> bool:
        """Whether the lease still holds, with time to spare for the call. A suspended machine's own clock
        may have stood still, and the wall clock may have been set: the later of the two counts."""
        by_wall = (self._clock.now() - claim.at).total_seconds()
        by_machine = self._monotonic() - claimed_at
        return not self._checks_lease or max(by_wall, by_machine) < self._lease.total_seconds() / 2

    async def _post(self, claim: Claim, kind: MessageKind, message: Message, claimed_at: float) -> Outcome:
        if claim.look_first and self._looks_first:
            trace = await self._find(claim)
            if isinstance(trace, Found):
                return Sent(trace.channel, trace.ts)
            if isinstance(trace, CannotTell):
                if trace.retry_after is None and is_of_us_when_looking(trace.reason):
                    return Refused(trace.reason)
                if trace.retry_after is not None or not trace.final:
                    return NotNow(f"history {trace.reason}", trace.retry_after, looking=True)
                if kind.at_most_once:
                    return Unknown(f"history {trace.reason}")
        if not self._is_ours(claim, claimed_at):
            return LOST
        return await self._slack.post_message(claim.recipient, message, claim.id)

    async def _deferred_by_person(self, claim: Claim) -> Deferred | None:
        """Defer the message while the person's do-not-disturb is on; if Slack does not say, it is sent."""
        until = await self._slack.undisturbed_from(claim.recipient, self._clock.now())
        return Deferred(until, "do_not_disturb") if until is not None else None

    async def _skipped(self, claim: Claim, rendered: Skipped) -> Outcome | Skipped:
        """Before skipping, look for an earlier attempt with an unknown outcome: it may have been sent."""
        if claim.look_first and self._looks_first:
            trace = await self._find(claim)
            if isinstance(trace, Found):
                return Sent(trace.channel, trace.ts)
        return rendered

    async def _find(self, claim: Claim) -> Found | NotThere | CannotTell:
        # A planning time in the future is from a clock that ran ahead: attempts may be earlier.
        now = self._clock.now()
        since = claim.planned_at if claim.planned_at <= now else now - LONGEST_LOOK_BACK
        return await self._slack.find_message(claim.recipient, claim.id, since)

    def _count(self, claim: Claim, outcome: Outcome | Skipped | Deferred) -> None:
        name = type(outcome).__name__.lower()
        reason = "" if isinstance(outcome, Sent) else outcome.reason
        key = (claim.kind.value, name, reason)
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
