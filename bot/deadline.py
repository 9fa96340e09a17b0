"""How long a person waits: what they asked for is done and answered by then, or not done and answered so."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ANSWER_SECONDS = 2.5
"""From a request's arrival to its answer. Slack gives up after three."""

LAST_WORDS_SECONDS = 0.5
"""Of that, what the database leaves for the answer itself."""


class Deadline:
    """When the request must have come to something. ``has_stored``: part of it is committed already."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self.has_stored = False

    @property
    def stored_by(self) -> float:
        """Until when something may be committed; a time of ``time.monotonic``."""
        return self._ends_at - LAST_WORDS_SECONDS

    @property
    def left(self) -> float:
        """Seconds, never less than none."""
        return max(self._ends_at - time.monotonic(), 0.0)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current_deadline() -> Deadline | None:
    """The deadline of the request that this code answers; None for what nobody waits for."""
    return _current.get()


@contextmanager
def answering_within(seconds: float) -> Iterator[Deadline]:
    """Everything in this block that waits for the database or for Slack keeps to one deadline."""
    deadline = Deadline(seconds)
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)
