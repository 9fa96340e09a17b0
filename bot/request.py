"""The current request: its id in the log, and its outcome.

All work for a request carries its mark: the listener, the transactions in the database's threads, and work
after the answer.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from itertools import count


class RequestMark:
    """``kind`` is unsigned until the request is known to be Slack's. ``has_failed``: the person was answered,
    but not with what they asked for."""

    __slots__ = ("has_failed", "id", "kind")

    def __init__(self, id: str) -> None:
        self.id = id
        self.kind = "unsigned"
        self.has_failed = False


_numbers = count(secrets.randbits(32))
"""Request ids: a random start tells instances apart; then they count up, because that is faster than random
ids."""

_current: ContextVar[RequestMark | None] = ContextVar("request", default=None)


def begin_request() -> tuple[RequestMark, Token[RequestMark | None]]:
    """Begin a request: a new mark for all work from here on, and the token with which ``end_request`` removes
    it."""
    mark = RequestMark(f"{next(_numbers) & 0xFFFFFFFF:08x}")
    return mark, _current.set(mark)


def end_request(token: Token[RequestMark | None]) -> None:
    _current.reset(token)


def current_request() -> RequestMark | None:
    """The mark of the current request; None for work without one, such as a due delivery."""
    return _current.get()


def carry_on(mark: RequestMark | None) -> None:
    """Continue under this mark, in a separate task or context."""
    _current.set(mark)


@contextmanager
def answering(marks: list[RequestMark]) -> Iterator[None]:
    """Work for several requests at once, as a batched transaction: the log names each of them."""
    if not marks:
        yield
        return
    token = _current.set(marks[0] if len(marks) == 1 else RequestMark(" ".join(each.id for each in marks)))
    try:
        yield
    finally:
        _current.reset(token)


def request_failed() -> None:
    """Note that what the current request asked for was not done, or not shown."""
    if (mark := _current.get()) is not None:
        mark.has_failed = True
