"""The Events API: which events an app gets, how often one is tried, and in which disorder they may come."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox import payloads
from sandbox.app_client import Answer, AppClient
from sandbox.subscriptions import Subscriptions
from sandbox.workspace import Json, Workspace

PUBLIC = ("channels:read",)
PRIVATE = ("groups:read",)
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "channel_archive": PUBLIC,
    "channel_created": PUBLIC,
    "channel_left": PUBLIC,
    "channel_rename": PUBLIC,
    "channel_unarchive": PUBLIC,
    "group_archive": PRIVATE,
    "group_left": PRIVATE,
    "group_rename": PRIVATE,
    "group_unarchive": PRIVATE,
    "member_joined_channel": PUBLIC + PRIVATE,
    "member_left_channel": PUBLIC + PRIVATE,
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}
"""Slack sends these events only to apps that have one of the scopes."""

RETRIES = (timedelta(), timedelta(minutes=1), timedelta(minutes=5))
"""After a failed delivery Slack tries again at once, a minute later, and five minutes after that."""


@dataclass(slots=True)
class Delivery:
    """An event to deliver: how often it was retried, and why."""

    envelope: Json
    retries: int = 0
    reason: str = ""
    due: datetime | None = None

    @property
    def what(self) -> str:
        kind: str = self.envelope["event"]["type"]
        return f"{kind} (retry)" if self.retries else kind

    @property
    def headers(self) -> dict[str, str]:
        if not self.retries:
            return {}
        return {"X-Slack-Retry-Num": str(self.retries), "X-Slack-Retry-Reason": self.reason}


@dataclass(slots=True)
class Events:
    """Sends what happens in the workspace to the app, in the background."""

    workspace: Workspace
    app: AppClient
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    _under_way: set[asyncio.Task[Answer | None]] = field(default_factory=set)
    _waiting: list[Delivery] = field(default_factory=list)
    _held: list[Delivery] = field(default_factory=list)
    _timers: set[asyncio.TimerHandle] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.workspace.on_event.append(self.send)
        self.workspace.clock.on_move.append(self._send_due)

    def send(self, name: str, event: Json) -> "asyncio.Task[Answer | None] | None":
        """Send an event; None for one that the app doesn't get. ``name`` is what the manifest calls it."""
        if not self._is_wanted(name):
            return None
        delivery = Delivery(payloads.event_envelope(self.workspace, event))
        if not self.subscriptions.enabled:
            self._note(delivery, "subscriptions_disabled")
            return None
        match self.workspace.next_event_fault(event["type"]):
            case "event_lost":
                self._note(delivery, "event_lost")
                return None
            case "event_late":
                self._held.append(delivery)
                return None
            case "event_twice":
                return self._start(delivery, times=2)
        return self._start(delivery)

    async def settled(self) -> None:
        """Wait until every event on its way was answered. Retries of a later minute are not waited for."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    def forget(self) -> None:
        """Drop all events and retries that are still to come."""
        for timer in self._timers:
            timer.cancel()
        for kept in (self._timers, self._waiting, self._held):
            kept.clear()

    async def stop(self) -> None:
        """Send nothing any more; may be called twice."""
        self.forget()
        if self.send in self.workspace.on_event:
            self.workspace.on_event.remove(self.send)
            self.workspace.clock.on_move.remove(self._send_due)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _is_wanted(self, name: str) -> bool:
        manifest = self.workspace.manifest
        may_have = name not in EVENT_SCOPES or bool(manifest.scopes.intersection(EVENT_SCOPES[name]))
        return name in manifest.events and may_have

    # -- inside -----------------------------------------------------------------------------------------

    def _start(self, delivery: Delivery, *, times: int = 1) -> "asyncio.Task[Answer | None]":
        task = asyncio.get_running_loop().create_task(self._deliver(delivery, times))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _deliver(self, delivery: Delivery, times: int) -> Answer | None:
        """Deliver an event; a held-back one follows the first that arrives. Return the app's last answer."""
        answer: Answer | None = None
        for _ in range(times):
            answer = await self._attempts(delivery)
        held, self._held = self._held, []
        for late in held:
            await self._attempts(late)
        return answer

    async def _attempts(self, delivery: Delivery) -> Answer:
        """Try now, and retry at once or later as long as Slack would."""
        while True:
            answer = await self.app.post_json(delivery.envelope, delivery.what, delivery.headers)
            self.subscriptions.note(self.workspace.clock.now(), failed=answer.error is not None)
            may_retry = answer.retry and self.subscriptions.enabled and delivery.retries < len(RETRIES)
            if answer.error is None or not may_retry:
                return answer
            wait = RETRIES[delivery.retries]
            delivery.retries += 1
            delivery.reason = _reason(answer)
            if wait:
                self._wait(delivery, wait)
                return answer

    def _wait(self, delivery: Delivery, wait: timedelta) -> None:
        """Wait for a time on the workspace's clock, which may run by itself or be moved."""
        delivery.due = self.workspace.clock.now() + wait
        self._waiting.append(delivery)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(wait.total_seconds() + 0.05, self._send_due)
        self._timers = {each for each in self._timers if each.when() > loop.time()} | {timer}

    def _send_due(self) -> None:
        now = self.workspace.clock.now()
        if not self.subscriptions.enabled:
            self._waiting.clear()
        for delivery in [each for each in self._waiting if each.due is not None and each.due <= now]:
            self._waiting.remove(delivery)
            self._start(delivery)

    def _note(self, delivery: Delivery, why: str) -> None:
        self.workspace.note(
            {
                "direction": "to_app", "what": delivery.what, "ok": False, "error": why, "ms": 0,
                "request": delivery.envelope, "response": None,
            }
        )  # fmt: skip


def _reason(answer: Answer) -> str:
    """Slack's word for how a delivery failed."""
    if answer.error == "operation_timeout":
        return "http_timeout"
    return "connection_failed" if answer.status is None else "http_error"
