"""In background work one item's fault never stops the rest."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from storage.transaction import Tx
from storage.unavailable import is_about_the_connection

log = logging.getLogger(__name__)

faults: Final[Counter[str]] = Counter()
"""What was undone in this process since its start, by action; for /metrics."""


@contextmanager
def isolated(tx: Tx, action: str, **about: object) -> Iterator[None]:
    """Do the block in a savepoint of its own: if it raises, what it wrote is undone, ``action`` is logged
    with ids that say ``about`` what, and the caller goes on. An unavailable database is raised."""
    try:
        with tx.begin_nested():
            yield
    except Exception as error:
        if isinstance(error, DBAPIError) and is_about_the_connection(error):
            raise
        note_fault(action, **about)


def note_fault(action: str, **about: object) -> None:
    """Log and count the exception that is being handled; it goes no further."""
    faults[action] += 1
    log.exception("background work: one item failed", extra={"action": action, **about})
