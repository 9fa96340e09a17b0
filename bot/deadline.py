"""The deadline of a request: by then it is done and answered, or it is not done and the person is told so."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ANSWER_SECONDS = 2.5
"""From a request's arrival to its answer. Slack gives up after three."""

LAST_WORDS_SECONDS = 0.5
"""The part of these seconds that is reserved for sending the answer."""


class Deadline:
    """The time by which a request must be answered. ``has_stored``: part of it is committed already."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self.has_stored = False

    @property
    def stored_by(self) -> float:
        """The latest time, by ``time.monotonic``, at which something may be committed."""
        return self._ends_at - LAST_WORDS_SECONDS

    @property
    def left(self) -> float:
        """The seconds left, never negative."""
        return max(self._ends_at - time.monotonic(), 0.0)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current_deadline() -> Deadline | None:
    """The deadline of the current request; None for work that nobody waits for."""
    return _current.get()


@contextmanager
def answering_within(seconds: float) -> Iterator[Deadline]:
    """All waiting for the database or for Slack in this block keeps to one deadline."""
    deadline = Deadline(seconds)
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)
