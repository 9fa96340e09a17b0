"""The database and its transactions.

A transaction is a plain function that takes the open session: ``def enrol(tx, ...) -> Enrolled``.
Async code says ``await store.run(enrol, ...)``: the function runs whole in the writer thread and its
result arrives after the commit. See docs/decisions/0001-a-transaction-is-a-plain-function.md.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from storage.erasure import Traces
from storage.sqlite_file import FileGoneError, FileWatch, guard
from storage.statements import execute
from storage.transaction import Tx
from storage.worker import Job, Worker

P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 5
"""How long a transaction waits for another process's lock before it gives up."""

WRITERS = 2
"""Writer threads on PostgreSQL: one that waits for a row's lock does not hold up everybody."""

LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's error code when waiting for a lock took too long."""

_ONE_BATCH = text("select pg_advisory_xact_lock(hashtext('kaiku.batch'))")


class StoreUnavailableError(Exception):
    """The database could not be reached or stayed locked. Nothing was written."""


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


def create_store_engine(
    url: URL, *, read_only: bool = False, may_create: bool = False, watch: FileWatch | None = None
) -> Engine:
    """An engine whose transactions wait for locks for a limited time.

    On SQLite they begin with BEGIN IMMEDIATE, in WAL mode with foreign keys on; a missing file is created
    only if ``may_create``, because one that vanished must not come back empty. ``read_only``: its
    transactions can neither write nor lock, and see a snapshot. Engines of one file share a ``watch``.
    """
    if url.get_backend_name() != "sqlite":
        engine = create_engine(
            url,
            pool_size=4,
            max_overflow=4,
            hide_parameters=True,
            connect_args={"options": f"-c lock_timeout={BUSY_SECONDS}s"},
        )
        if read_only:
            engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return engine
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # parameters in a logged error could be people's words or a token
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
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    guard(engine, watch or FileWatch(url), may_create=may_create)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        only_looks = connection.get_execution_options().get("read_only", read_only)
        connection.exec_driver_sql("BEGIN" if only_looks else "BEGIN IMMEDIATE")

    return engine


class Store:
    """The open database: ``run`` and ``read`` from async code, ``transaction`` and
    ``read_transaction`` from synchronous code.

    ``on_planned`` is called in the event loop after the commit of a transaction that planned a
    delivery (it sets ``tx.info["planned"]``), so that the sender need not wait for its next tick.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = parse_database_url(url) if isinstance(url, str) else url
        watch = FileWatch(self.url)
        self.engine = create_store_engine(self.url, watch=watch)
        self.on_planned: Callable[[], None] = lambda: None
        self._traces = Traces(self.engine)
        self.reading_engine = create_store_engine(self.url, read_only=True, watch=watch)
        self._writer = Worker("kaiku-writer", self._write, threads=1 if self.is_sqlite else WRITERS)
        self._reader = Worker("kaiku-reader", self._read_together)

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
        """A snapshot. Writing in it, and on PostgreSQL locking, raises DBAPIError."""
        with Session(self.reading_engine, expire_on_commit=False) as tx:
            yield tx

    async def run(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, ...)`` in a write transaction; its result comes back once it is committed.

        Raises what ``work`` raises (its own writes are undone), and StoreUnavailableError when the
        database is unavailable or stays locked. Cancelling the waiting does not stop the transaction.
        ``work`` may run more than once before it is committed: it must touch nothing but ``tx``.
        """
        job = Job(lambda tx: work(tx, *args, **kwargs), asyncio.get_running_loop())
        self._writer.put(job)
        result: T = await job.done
        if job.planned:
            self.on_planned()
        return result

    async def read(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, ...)`` for reading only, without waiting for writers."""
        job = Job(lambda tx: work(tx, *args, **kwargs), asyncio.get_running_loop())
        self._reader.put(job)
        result: T = await job.done
        return result

    async def finish_erasures(self, *, at_start: bool = False) -> None:
        """Remove traces of erasures that could not be removed at once, because of a reader or, at the start,
        a killed process."""
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
        """Finish queued jobs, stop the threads, close the connections."""
        self._writer.close()
        self._reader.close()
        self.engine.dispose()
        self.reading_engine.dispose()

    def _read_together(self, jobs: list[Job]) -> None:
        """Run waiting reads in one transaction, which begins after all of them were requested.

        After an error the transaction may be unusable, so the remaining ones get a new one.
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
                job.fail(error if _is_refused_write(error) else _translated(error))
                left.popleft()

    def _write(self, jobs: list[Job]) -> None:
        """Group commit: run waiting jobs in one transaction.

        If one of them fails, it is rolled back and they run again with a savepoint each; if that fails as a
        whole, each runs in a transaction of its own.
        """
        if len(jobs) > 1:
            for savepoints in (False, True):
                try:
                    self._write_together(jobs, savepoints=savepoints)
                except StoreUnavailableError as error:
                    for job in jobs:  # each would wait for the same lock in vain
                        job.fail(error)
                    return
                except Exception:
                    # A refusal, a deadlock with another process, a lost connection: nothing was committed
                    # before the commit itself, so each may run again and then gets its own error.
                    for job in jobs:
                        job.reset()
                else:
                    return
        for job in jobs:
            self._write_one(job)

    def _write_together(self, jobs: list[Job], *, savepoints: bool) -> None:
        with self._batch_transaction() as tx:
            for job in jobs:
                try:
                    with tx.begin_nested() if savepoints else nullcontext():
                        result = job.work(tx)
                        tx.flush()
                except Exception as error:
                    if not savepoints or _is_about_the_connection(error):
                        raise
                    job.fail(error)
                else:
                    job.succeed(result, planned=tx.info.get("planned", False))
                tx.info.clear()  # what a failed job put there must not reach the next
                tx.expunge_all()  # the next one must not see entities as this one loaded them

    def _write_one(self, job: Job) -> None:
        try:
            with self.transaction() as tx:
                result = job.work(tx)
            job.succeed(result, planned="planned" in tx.info)
        except Exception as error:
            job.fail(_translated(error))

    @contextmanager
    def _batch_transaction(self) -> Iterator[Tx]:
        """``transaction`` for several jobs, with StoreUnavailableError if it can't even begin, or waits long
        for a lock.

        It keeps the locks of all of them to its end, so on PostgreSQL too there is one batch at a time:
        two that took the same rows in different orders would wait for each other.
        """
        with ExitStack() as stack:
            try:
                tx = stack.enter_context(self.transaction())
                if not self.is_sqlite:
                    execute(tx, _ONE_BATCH)
            except (DBAPIError, FileGoneError) as error:
                raise _translated(error) from error
            try:
                yield tx
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                    raise _translated(error) from error
                raise


def _is_about_the_connection(error: Exception) -> bool:
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}  # the file was written over


def _is_refused_write(error: Exception) -> bool:
    """Whether a read-only transaction tried to write: a programming error, not an unavailable database."""
    return isinstance(error, DBAPIError) and "readonly" in getattr(error.orig, "sqlite_errorname", "").lower()


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
