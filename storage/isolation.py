"""Background work in which one item's fault never stops the rest."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError

from storage.transaction import Tx
from storage.unavailable import is_about_the_connection

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)

faults: Final[Counter[str]] = Counter()
"""Undone work in this process since its start, by action; for /metrics."""


@contextmanager
def isolated(tx: Tx, action: str, **about: object) -> Iterator[None]:
    """Run the block in a savepoint of its own: if it raises, its writes are undone, ``action`` is logged with
    the ids in ``about``, and the caller goes on. An unavailable database is raised.
    """
    try:
        with tx.begin_nested():
            yield
    except Exception as error:
        _raise_if_away(error)
        note_fault(action, **about)


def isolate_each(tx: Tx, action: str, offerings: Mapping[str, T], work: Callable[[T], R]) -> list[R]:
    """``isolated`` for ``work`` on each of these items, which are named by an offering's code; returns the
    results of those that did not fail. While none fails, all share one savepoint: ``work`` may run twice, and
    must touch nothing but ``tx``.
    """
    try:
        with tx.begin_nested():
            return [work(each) for each in offerings.values()]
    except Exception as error:
        _raise_if_away(error)
    done = []
    for code, each in offerings.items():
        with isolated(tx, action, offering=code):
            done.append(work(each))
    return done


def _raise_if_away(error: Exception) -> None:
    if isinstance(error, DBAPIError) and is_about_the_connection(error):
        raise error


def note_fault(action: str, **about: object) -> None:
    """Log and count the exception being handled, which goes no further."""
    faults[action] += 1
    log.exception("background work: one item failed", extra={"action": action, **about})
