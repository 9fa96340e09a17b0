"""Bolt, with a short way for what a crowd sends."""

import logging
from collections.abc import Awaitable, Callable
from re import Pattern
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = logging.getLogger(__name__)

Payload = dict[str, Any]
Listener = Callable[..., Awaitable[None]]


class QuickBolt(AsyncApp):
    """An AsyncApp that hands a command, a click or a form straight to the listener with its id.

    Bolt makes a client, asks who is authorized and then one listener after the other whether the request
    is theirs: half of what a small request costs (docs/performance.md). Here ids are unique, the token is
    one, and these listeners take no more than ``ack`` and ``body``. They are registered with Bolt all the
    same, and whatever is not found by its id (an event, something unknown) goes Bolt's own way.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - AsyncApp's own
        super().__init__(**options)
        self._by_id: dict[tuple[str, str | Pattern[str]], Listener] = {}

    def command(self, command: str, **options: Any) -> Callable[[Listener], Any]:  # type: ignore[override]  # noqa: ANN401
        return self._also(("command", command), super().command(command, **options))

    def action(self, constraints: str | Pattern[str], **options: Any) -> Callable[[Listener], Any]:  # type: ignore[override]  # noqa: ANN401
        return self._also(("block_actions", constraints), super().action(constraints, **options))

    def view(self, constraints: str | Pattern[str], **options: Any) -> Callable[[Listener], Any]:  # type: ignore[override]  # noqa: ANN401
        return self._also(("view_submission", constraints), super().view(constraints, **options))

    async def answer(self, payload: Payload) -> BoltResponse:
        """What to answer Slack on what it posted, once the listener is done."""
        listener = self._by_id.get(_id_of(payload))
        if listener is None:
            # As Socket Mode would give it: read already, so not read again.
            answer = await self.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))
            # What nobody listens to (Bolt has logged it) is no failure: Slack would send it again, and in
            # the end stop sending events at all.
            return BoltResponse(status=200) if answer.status == 404 else answer
        ack = AsyncAck()  # type: ignore[no-untyped-call]
        try:
            await listener(ack=ack, body=payload)
        except Exception:
            # Listeners answer people themselves; whatever arrives here could not even be apologized for.
            log.exception("listener failed", extra={"action": "listener_failed"})
            return BoltResponse(status=500)
        return ack.response or BoltResponse(status=404)

    def _also(self, key: tuple[str, str | Pattern[str]], register: Any) -> Callable[[Listener], Any]:  # noqa: ANN401
        def add(listener: Listener) -> Any:  # noqa: ANN401
            self._by_id[key] = listener
            return register(listener)

        return add


def _id_of(payload: Payload) -> tuple[str, str]:
    """The kind of a payload and the id that its listener is registered under; empty for other kinds."""
    match payload:
        case {"command": str(command)}:
            return "command", command
        case {"type": "block_actions", "actions": [{"action_id": str(action_id)}, *_]}:
            return "block_actions", action_id
        case {"type": "view_submission", "view": {"callback_id": str(callback_id)}}:
            return "view_submission", callback_id
        case _:
            return "", ""


def is_whole(payload: Payload) -> bool:
    """Whether it has a kind, and for kinds that Kaiku answers the parts that listeners take for granted."""
    match payload:
        case (
            {"command": str(), "user_id": str(), "trigger_id": str()}
            | {"type": "event_callback", "event": {"type": str()}}
            | {"type": "block_actions", "user": {"id": str()}, "actions": [{"action_id": str()}, *_]}
            | {"type": "view_submission", "user": {"id": str()}, "view": {"type": str(), "state": {}}}
        ):
            return True
        case {"command": _} | {"type": "event_callback" | "block_actions" | "view_submission"}:
            return False
        case _:
            return isinstance(payload.get("type"), str)
