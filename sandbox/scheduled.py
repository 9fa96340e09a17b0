"""Messages that an app has scheduled: they wait in the workspace and are posted when its clock gets there."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox import messages
from sandbox.errors import SlackError
from sandbox.methods.chat import open_channel
from sandbox.workspace import BOT_USER, Json, Workspace

A_MOMENT = 0.05
"""Seconds by which a timer goes later, so that the clock has surely got there."""


@dataclass(slots=True)
class ScheduledMessages:
    """Posts what is due, whether the clock runs by itself or is moved. Slack posts none that carries
    metadata, nor one whose conversation is closed to the app by then; the log says so."""

    workspace: Workspace
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self.workspace.clock.on_move.append(self.post_due)
        self.workspace.on_change.append(self._wait_for_next)

    def stop(self) -> None:
        """Nothing is posted any more; may be called twice."""
        if self.post_due in self.workspace.clock.on_move:
            self.workspace.clock.on_move.remove(self.post_due)
            self.workspace.on_change.remove(self._wait_for_next)
        self._forget_timer()

    def post_due(self) -> None:
        """Everything whose time has come, in order of time."""
        now = self.workspace.clock.now().timestamp()
        waiting: list[Json] = self.workspace.data["scheduled"]
        for each in sorted((each for each in waiting if each["post_at"] <= now), key=_by_time):
            waiting.remove(each)
            self._post(each)
        self._wait_for_next()

    def _post(self, scheduled: Json) -> None:
        try:
            if scheduled["has_metadata"]:
                raise SlackError("metadata_not_posted")
            messages.post(
                self.workspace,
                open_channel(self.workspace, scheduled["channel"]),
                BOT_USER,
                scheduled["text"],
                blocks=scheduled["blocks"],
                thread_ts=scheduled["thread_ts"],
                broadcast=scheduled["broadcast"],
            )
        except SlackError as error:
            self._note(scheduled, error.code)
        else:
            self._note(scheduled, None)

    def _note(self, scheduled: Json, error: str | None) -> None:
        self.workspace.note(
            {
                "direction": "from_app", "what": "scheduled message", "ok": error is None, "error": error,
                "ms": 0, "request": scheduled, "response": None,
            }
        )  # fmt: skip

    def _wait_for_next(self) -> None:
        self._forget_timer()
        times = [each["post_at"] for each in self.workspace.data["scheduled"]]
        if times:
            wait = datetime.fromtimestamp(min(times), UTC) - self.workspace.clock.now()
            seconds = max(wait, timedelta()).total_seconds() + A_MOMENT
            self._timer = asyncio.get_running_loop().call_later(seconds, self._ring)

    def _ring(self) -> None:
        # A clock that stands still gets nowhere by waiting: then it is moved, and rings by that.
        self._timer = None
        now = self.workspace.clock.now().timestamp()
        if any(each["post_at"] <= now for each in self.workspace.data["scheduled"]):
            self.post_due()

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _by_time(scheduled: Json) -> tuple[int, str]:
    return scheduled["post_at"], scheduled["id"]
