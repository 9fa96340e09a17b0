"""The database and its transactions.

A transaction is a plain function that takes the open session: ``def enrol(tx, ...) -> Enrolled``.
Async code says ``await store.run(enrol, ...)``: the function runs whole in the writer thread and its
result arrives after the commit. See docs/decisions/0001-a-transaction-is-a-plain-function.md.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import groupby
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from storage.erasure import Traces
from storage.lane import Job, Lane
from storage.sqlite_file import FileGoneError, guard
from storage.transaction import Tx
from storage.turns import begin_turn, lock_of

P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 5
"""How long a transaction waits for another process's lock before it gives up."""

LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's code for a lock waited for too long."""


class StoreUnavailableError(Exception):
    """The database could not be reached or stayed locked; nothing was written."""


def parse_database_url(raw: str) -> URL:
    """A URL Kaiku can use: ``sqlite:///file.db`` or ``postgresql+psycopg://...``.

    Raises ValueError with the rest of a sentence that begins with the setting's name.
    """
    try:
        url = make_url(raw)
    except ArgumentError as error:
        raise ValueError("is not a database address") from error
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        raise ValueError("must name a file, such as sqlite:///kaiku.db")
    try:
        url.get_dialect()
    except (NoSuchModuleError, ImportError) as error:
        raise ValueError("names a database whose driver is not installed") from error
    return url


def create_store_engine(url: URL, *, may_create: bool = False) -> Engine:
    """An engine whose SQLite transactions begin with BEGIN IMMEDIATE, in WAL mode, foreign keys on.

    Its file is made if it is missing and ``may_create``: one that vanished must not come back empty.
    """
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_size=4,
            max_overflow=4,
            hide_parameters=True,
            connect_args={"options": f"-c lock_timeout={BUSY_SECONDS}s"},
        )
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # an error in the log must not tell what people wrote, or a token
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin transactions by itself: on_begin does, and takes the lock at once.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # what was acked must survive a power cut
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # a destroyed key stays in no free page
        cursor.close()

    guard(engine, may_create=may_create)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


class Store:
    """The open database: ``run`` and ``read`` from async code, ``transaction`` and
    ``read_transaction`` from synchronous code.

    ``on_planned`` is called in the event loop after the commit of a transaction that planned a
    delivery (it sets ``tx.info["planned"]``), so that whoever sends need not wait for its next tick.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = parse_database_url(url) if isinstance(url, str) else url
        self.engine = create_store_engine(self.url)
        self.on_planned: Callable[[], None] = lambda: None
        self._traces = Traces(self.engine)
        self._reading = self.engine.execution_options(read_only=True)
        if not self.is_sqlite:  # whose readers see one state of things anyway
            self._reading = self._reading.execution_options(isolation_level="REPEATABLE READ")
        self._writers = Lane("kaiku-writer", self._write)
        # On PostgreSQL a slow transaction need not hold up those that go in turns; on SQLite it would anyway.
        self._others = self._writers if self.is_sqlite else Lane("kaiku-other-writer", self._write)
        self._readers = Lane("kaiku-reader", self._read_together)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """A write transaction: committed at the end of the block, rolled back on an exception."""
        with Session(self.engine, expire_on_commit=False) as tx, tx.begin():
            tx.connection()  # takes SQLite's write lock now, not at the first statement
            yield tx
        self._traces.remove()

    @contextmanager
    def read_transaction(self) -> Iterator[Tx]:
        """A consistent view; whatever is written in it is rolled back."""
        with Session(self._reading, expire_on_commit=False) as tx:
            yield tx

    async def run(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, ...)`` in a write transaction; its result comes back once it is committed.

        Raises what ``work`` raises (its own writes are undone), and StoreUnavailableError when the
        database is away or stays locked. Whoever stops waiting does not stop the transaction.
        ``work`` may run more than once before it is committed: it must touch nothing but ``tx``.
        """
        lock = lock_of(work, *args, **kwargs)
        job = Job(lambda tx: work(tx, *args, **kwargs), asyncio.get_running_loop(), lock)
        (self._others if lock is None else self._writers).put(job)
        result: T = await job.done
        if job.planned:
            self.on_planned()
        return result

    async def read(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, ...)`` for reading only, without waiting for writers."""
        job = Job(lambda tx: work(tx, *args, **kwargs), asyncio.get_running_loop())
        self._readers.put(job)
        result: T = await job.done
        return result

    async def finish_erasures(self, *, at_start: bool = False) -> None:
        """Remove what traces of erasures are left because a reader, or at the start a killed process, kept
        them from being removed at once."""
        if at_start:
            self._traces.are_left = True
        if self._traces.are_left:
            await self.run(lambda _tx: None)

    async def read_apart(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``read`` in a thread and on a connection of its own, for what takes long: no click waits for it."""

        def read() -> T:
            try:
                with self.read_transaction() as tx:
                    return work(tx, *args, **kwargs)
            except DBAPIError as error:
                raise _translated(error) from error

        return await asyncio.to_thread(read)

    def close(self) -> None:
        """Finish what is queued, stop the threads, close the connections."""
        self._writers.close()
        self._others.close()
        self._readers.close()
        self.engine.dispose()

    def _read_together(self, jobs: list[Job]) -> None:
        """Let waiting readers share one view of the database; it begins after all of them asked.

        After an error a view may be of no more use, so whoever is left gets a new one.
        """
        left = deque(jobs)
        while left:
            job = left[0]
            try:
                with self.read_transaction() as tx:
                    while left:
                        job = left[0]
                        job.succeed(job.work(tx))
                        left.popleft()
                        tx.expunge_all()
            except Exception as error:
                job.fail(_translated(error))
                left.popleft()

    def _write(self, jobs: list[Job]) -> None:
        """Run waiting transactions; those that may share a commit do, in the order they came."""
        if self.is_sqlite:
            self._write_together(jobs)
            return
        for lock, under_lock in groupby(jobs, key=lambda job: job.lock):
            if lock is not None:
                self._write_together(list(under_lock))
            else:
                for job in under_lock:
                    self._write_one(job)

    def _write_together(self, jobs: list[Job]) -> None:
        """Run transactions under one commit. If any of them fails, nothing of that is kept and they run
        again with a savepoint each; if that fails as a whole, each by itself."""
        if len(jobs) > 1:
            for attempt in (self._write_as_one, self._write_with_savepoints):
                try:
                    attempt(jobs)
                except StoreUnavailableError as error:
                    for job in jobs:  # they would wait for the same in vain, one after the other
                        job.fail(error)
                    return
                except Exception:
                    # A refusal, a deadlock with another process, a lost connection: nothing was committed
                    # before the commit itself, so each may run again. What it is, is told then.
                    for job in jobs:
                        job.reset()
                else:
                    return
        for job in jobs:
            self._write_one(job)

    def _write_as_one(self, jobs: list[Job]) -> None:
        with self._begin_if_available() as tx:
            lock = None
            for job in jobs:
                if job.lock is None or job.lock != lock:
                    begin_turn(tx)
                lock = job.lock
                result = job.work(tx)
                tx.flush()
                tx.expunge_all()  # the next one must not see entities as this one loaded them
                job.succeed(result, planned=tx.info.pop("planned", False))

    def _write_with_savepoints(self, jobs: list[Job]) -> None:
        with self._begin_if_available() as tx:
            for job in jobs:
                try:
                    with tx.begin_nested():
                        result = job.work(tx)
                except Exception as error:
                    if isinstance(error, DBAPIError) and _is_about_the_connection(error):
                        raise
                    job.fail(error)
                else:
                    job.succeed(result, planned=tx.info.get("planned", False))
                tx.info.clear()  # of one that failed nothing may stay behind
                tx.expunge_all()

    def _write_one(self, job: Job) -> None:
        try:
            with self.transaction() as tx:
                result = job.work(tx)
            job.succeed(result, planned="planned" in tx.info)
        except Exception as error:
            job.fail(_translated(error))

    @contextmanager
    def _begin_if_available(self) -> Iterator[Tx]:
        """``transaction``, with StoreUnavailableError if it can't even begin, or waits long for a lock."""
        with ExitStack() as stack:
            try:
                tx = stack.enter_context(self.transaction())
            except (DBAPIError, FileGoneError) as error:
                raise _translated(error) from error
            try:
                yield tx
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                    raise _translated(error) from error
                raise


def _is_about_the_connection(error: DBAPIError) -> bool:
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}  # the file was written over


def _translated(error: Exception) -> Exception:
    if isinstance(error, FileGoneError):
        told = str(error)
    elif isinstance(error, DBAPIError) and _is_about_the_connection(error):
        told = str(error.orig)
    else:
        return error
    unavailable = StoreUnavailableError(told)
    unavailable.__cause__ = error
    return unavailable
