"""Looks at a database without a trace: creates or changes no file, takes no lock that anybody waits for."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import URL

from storage.engine import direct
from storage.sqlite_file import open_to_look
from storage.tables import Delivery, OfferingSession, Person, Programme
from storage.transaction import Tx

_WAL = b"\x02\x02"
_WAL_AT = 18
"""Where the file's header has its write and read versions, which differ in WAL mode."""


@contextmanager
def looking(url: URL, seconds: float) -> Iterator[Tx]:
    """A transaction that can only read. Raises DBAPIError."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            "sqlite://", creator=lambda: open_to_look(Path(url.database or ""), seconds), hide_parameters=True
        )
    else:
        engine = create_engine(
            direct(url),
            hide_parameters=True,
            connect_args={
                "connect_timeout": max(2, int(seconds)),
                "options": f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000:.0f}",
            },
        )
    try:
        with engine.connect() as tx:
            yield tx
    finally:
        engine.dispose()


def is_in_wal_mode(url: URL) -> bool:
    """Whether the file's header says WAL mode. Raises OSError."""
    with Path(url.database or "").open("rb") as file:
        file.seek(_WAL_AT)
        return file.read(2) == _WAL


def find_damage(url: URL, seconds: float) -> tuple[str | None, int]:
    """The damage SQLite reports (None for none), and how many rows have dangling references. Raises
    TimeoutError when the check takes too long, and sqlite3.Error.
    """
    until = time.monotonic() + seconds
    with closing(open_to_look(Path(url.database or ""), seconds)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
        try:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            loose = len(connection.execute("PRAGMA foreign_key_check").fetchall())
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise TimeoutError from error
            raise
    return (None if found == "ok" else " ".join(str(found).split())), loose


def server_version(tx: Tx) -> str:
    """Name and version, such as ``SQLite 3.40.1``."""
    if tx.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {tx.scalar(text('show server_version'))}"


def count_by_zone(tx: Tx) -> dict[str, int]:
    """How many people have each time zone; zones of programmes that nobody has are there with 0."""
    query = select(Person.c.timezone, func.count()).group_by(Person.c.timezone)
    used = dict.fromkeys(tx.scalars(select(Programme.c.timezone)), 0)
    return used | {zone: count for zone, count in tx.execute(query) if zone}


def count_due_since(tx: Tx, state: str, since: datetime) -> int:
    """How many deliveries due since then are in this state."""
    query = select(func.count()).where(Delivery.c.state == state, Delivery.c.due_at >= since)
    return tx.scalar(query) or 0


def last_session_day(tx: Tx) -> date | None:
    last: date | None = tx.scalar(select(func.max(OfferingSession.c.on_date)))
    return last
