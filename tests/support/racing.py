"""Two transactions at once, and a careless one for the control."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine

from storage.engine import Store
from storage.transaction import Tx

PAUSE_SECONDS = 1.0
"""How long a transaction in the gap waits for another to come into it: with the lock nobody can."""


def at_once(store: Store, begin: Callable[[], object], *acts: Callable[[Tx], object]) -> list[BaseException]:
    """Run each act in a transaction and a thread of its own; what they raised."""
    errors: list[BaseException] = []

    def run(act: Callable[[Tx], object]) -> None:
        try:
            with begin() as tx:  # type: ignore[attr-defined]
                act(tx)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return errors


@contextmanager
def without_the_lock(store: Store) -> Iterator[Tx]:
    """A transaction as a careless program would have it: each statement on its own on SQLite, and on
    PostgreSQL without the row's lock (see the fixture)."""
    careless = create_engine(store.url, isolation_level="AUTOCOMMIT") if store.is_sqlite else store.engine
    with Tx(careless) as tx:
        yield tx
        tx.commit()
    if careless is not store.engine:
        careless.dispose()
