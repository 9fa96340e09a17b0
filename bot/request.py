"""The request that this code answers: its id, by which the log names it, and what came of it.

Whatever is done for a request carries its mark: the listener, the transactions in the database's threads, and
what is done after the answer.
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
"""Ids: from anywhere, for other instances have theirs, and one by one, for a click has no time for chance."""

_current: ContextVar[RequestMark | None] = ContextVar("request", default=None)


def begin_request() -> tuple[RequestMark, Token[RequestMark | None]]:
    """A new mark for all that is done from here on, and the token with which ``end_request`` takes it off."""
    mark = RequestMark(f"{next(_numbers) & 0xFFFFFFFF:08x}")
    return mark, _current.set(mark)


def end_request(token: Token[RequestMark | None]) -> None:
    _current.reset(token)


def current_request() -> RequestMark | None:
    """None for what nobody asked for, such as a delivery that is due."""
    return _current.get()


def carry_on(mark: RequestMark | None) -> None:
    """Go on under this mark, in a task or context of one's own."""
    _current.set(mark)


@contextmanager
def answering(marks: list[RequestMark]) -> Iterator[None]:
    """One act for all of these, as a batched transaction: the log names each of them."""
    if not marks:
        yield
        return
    token = _current.set(marks[0] if len(marks) == 1 else RequestMark(" ".join(each.id for each in marks)))
    try:
        yield
    finally:
        _current.reset(token)


def request_failed() -> None:
    """What this request asked for was not done, or not shown."""
    if (mark := _current.get()) is not None:
        mark.has_failed = True
