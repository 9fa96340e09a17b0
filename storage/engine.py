"""The database and its transactions.

A transaction is a plain function that takes an open connection: ``def enrol(tx, ...) -> Enrolled``. Async
code says ``await store.run(enrol, ...)``: the function runs whole in the writer thread and its result arrives
after the commit. See docs/decisions/0001-a-transaction-is-a-plain-function.md.
"""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from bot.deadline import current_deadline
from bot.i18n import SentenceError
from bot.tracing import span
from storage.erasure import Traces
from storage.sqlite_file import FileWatch, guard
from storage.transaction import Tx
from storage.unavailable import (
    StoreOutcomeUnknownError,
    StoreUnavailableError,
    is_locked,
    is_refused_write,
    translated,
)
from storage.worker import Job, Work, Worker, alike, do_together
from storage.writer import Writer

__all__ = [
    "DatabaseAddressError",
    "Store",
    "StoreOutcomeUnknownError",
    "StoreUnavailableError",
    "create_store_engine",
    "parse_database_url",
]

_POOLED = "pooled"
_PATIENCE = text("select set_config('lock_timeout', :patience, true)")

A = TypeVar("A")
P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a transaction without a waiting caller waits for another process's lock before it fails."""

TRY_SECONDS = {"sqlite": 0.2, "postgresql": 1.5}
"""How long a writer waits for its turn among all processes before it checks which callers still wait."""

SYNCHRONOUS = "FULL"
"""SQLite waits for the disk at each commit: what was acked must survive a power cut."""

COMMIT_SECONDS = 0.35
"""How long a batch or a commit that has begun may go on after a job's deadline, before the outcome counts as
unknown.
"""


class DatabaseAddressError(SentenceError, ValueError):
    """KAIKU_DATABASE_URL names no database that Kaiku can use; ``sentence`` says why."""


def parse_database_url(raw: str) -> URL:
    """A URL Kaiku can use: ``sqlite:///file.db`` or ``postgresql+psycopg://...``.

    Raises DatabaseAddressError.
    """
    try:
        url = make_url(raw)
    except ArgumentError as error:
        raise DatabaseAddressError("config.no_address", name="KAIKU_DATABASE_URL") from error
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise DatabaseAddressError("config.other_database", name="KAIKU_DATABASE_URL")
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        raise DatabaseAddressError("config.no_database_file", name="KAIKU_DATABASE_URL")
    if url.query.get(_POOLED, "yes") != "yes":
        raise DatabaseAddressError("config.no_pooling", name="KAIKU_DATABASE_URL")
    try:
        url.get_dialect()
    except (NoSuchModuleError, ImportError) as error:
        raise DatabaseAddressError("config.no_driver", name="KAIKU_DATABASE_URL") from error
    return url


def create_store_engine(
    url: URL,
    *,
    read_only: bool = False,
    may_create: bool = False,
    watch: FileWatch | None = None,
    busy_seconds: float = BUSY_SECONDS,
) -> Engine:
    """An engine whose transactions wait for locks for a limited time.

    On SQLite they begin with BEGIN IMMEDIATE, in WAL mode with foreign keys on; a missing file is created
    only if ``may_create``, because one that vanished must not come back empty. ``read_only``: its
    transactions can neither write nor lock, and see a snapshot. Engines of one file share a ``watch``.
    """
    if url.get_backend_name() != "sqlite":
        return _postgres_engine(url, read_only=read_only, busy_seconds=busy_seconds)
    engine = create_engine(
        url,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        hide_parameters=True,  # parameters in a logged error could be people's words or a token
        json_deserializer=msgspec.json.decode,
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin transactions by itself: on_begin does, and takes the lock at once.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # a destroyed key stays in no free page
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    guard(engine, watch or FileWatch(url), may_create=may_create)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("read_only", read_only):
            # BEGIN takes no lock yet, so no error needs translating; through SQLAlchemy it costs a query
            connection.connection.cursor().execute("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: URL, *, read_only: bool, busy_seconds: float) -> Engine:
    """With ``?pooled=yes`` in the address, no setting is left to the database session: a pooler such as
    PgBouncer gives each transaction any free session. That costs a statement a transaction, and prepared
    statements.
    """
    patience = f"{busy_seconds * 1000:.0f}ms"
    is_pooled = is_by_pooler(url)
    arguments = {"prepare_threshold": None} if is_pooled else {"options": f"-c lock_timeout={patience}"}
    engine = create_engine(
        direct(url),
        pool_size=4,
        max_overflow=4,
        hide_parameters=True,
        connect_args=arguments,
        json_deserializer=msgspec.json.decode,
    )
    if is_pooled:

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            connection.execute(_PATIENCE, {"patience": patience})

    if read_only:
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine


def is_by_pooler(url: URL) -> bool:
    """Whether the address leads to a pooler: it ends in ``?pooled=yes``."""
    return url.query.get(_POOLED) == "yes"


def direct(url: URL) -> URL:
    """The address in the form that PostgreSQL's own library reads."""
    return url.difference_update_query([_POOLED])


class Store:
    """The open database: ``run`` and ``read`` from async code, ``transaction`` and
    ``read_transaction`` from synchronous code.

    ``on_planned`` is called in the event loop after the commit of a transaction that planned a
    delivery (it calls ``wake_sender``), so that the sender need not wait for its next tick.
    """

    def __init__(self, url: str | URL, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = parse_database_url(url) if isinstance(url, str) else url
        watch = FileWatch(self.url)
        self._busy_seconds = busy_seconds
        self.engine = create_store_engine(
            self.url,
            watch=watch,
            busy_seconds=min(TRY_SECONDS[self.url.get_backend_name()], busy_seconds),
        )
        self.on_planned: Callable[[], None] = lambda: None
        self._traces = Traces(self.engine, by_pooler=is_by_pooler(self.url))
        self.reading_engine = create_store_engine(
            self.url, read_only=True, watch=watch, busy_seconds=busy_seconds
        )
        self._writer = Writer(self.engine, busy_seconds, self._traces.remove)
        self._reader = Worker("kaiku-reader", self._read_together)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """A write transaction: committed at the end of the block, rolled back on an exception."""
        with self.engine.connect() as tx, self._begun(tx):
            yield tx
        self._traces.remove()

    def _begun(self, tx: Tx) -> RootTransaction:
        """Begin, on SQLite with its write lock, for which it may wait: no click waits for it."""
        until = time.monotonic() + self._busy_seconds
        while True:
            try:
                begun = tx.begin()
            except DBAPIError as error:
                if not is_locked(error) or time.monotonic() >= until:
                    raise
            else:
                break
        if not self.is_sqlite:
            tx.execute(_PATIENCE, {"patience": f"{self._busy_seconds * 1000:.0f}ms"})
        return begun

    @contextmanager
    def read_transaction(self) -> Iterator[Tx]:
        """A snapshot. Writing in it, and on PostgreSQL locking, raises DBAPIError."""
        with self.reading_engine.connect() as tx:
            yield tx

    async def run(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, ...)`` in a write transaction; return its result after the commit.

        Raises what ``work`` raises, whose writes are undone, and StoreUnavailableError when the database is
        away or stays locked, or the request's deadline has passed: then the work is not done later either.
        Raises StoreOutcomeUnknownError if the commit had begun by the deadline and has not been answered.
        Cancelling the caller does not stop the transaction. ``work`` may run more than once before it is
        committed: it must touch nothing but ``tx``.
        """
        with span("transaction", work=work):
            result: T = await self._run(_job(Work(lambda tx, _: [work(tx, *args, **kwargs)])))
        return result

    async def run_batched(
        self,
        work: Callable[Concatenate[Tx, Sequence[A], P], Sequence[T | Exception]],
        item: A,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Like ``run``, for work that needs fewer statements for many items: ``work`` is called once with the
        items of all callers waiting for the same work, and returns a result for each, or an exception for one
        for which nothing was written. If it raises, it is called for each item by itself.
        """
        assert not kwargs, "compared with those of others"
        with span("transaction", work=work):
            result: T = await self._run(_job(Work(work, args), item))
        return result

    async def _run(self, job: Job) -> Any:  # noqa: ANN401 - whatever the job returns
        self._writer.put(job)
        result = await _in_time(job)
        if (deadline := current_deadline()) is not None:
            deadline.has_stored = True
        if job.planned:
            self.on_planned()
        return result

    async def read(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, ...)`` for reading only, without waiting for writers.

        Raises what ``work`` raises, and StoreUnavailableError.
        """
        job = _job(Work(lambda tx, _: [work(tx, *args, **kwargs)]))
        with span("read", work=work):
            self._reader.put_soon(job)
            result: T = await _in_time(job)
        return result

    async def read_batched(
        self,
        work: Callable[Concatenate[Tx, Sequence[A], P], Sequence[T | Exception]],
        item: A,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Like ``read``; ``work`` is called once with the items of all callers waiting for the same work, and
        returns a result for each.
        """
        assert not kwargs, "compared with those of others"
        job = _job(Work(work, args), item)
        with span("read", work=work):
            self._reader.put_soon(job)
            result: T = await _in_time(job)
        return result

    async def finish_erasures(self, *, at_start: bool = False) -> None:
        """Remove traces of erasures that could not be removed at once, because of a reader or a killed
        process.
        """
        if at_start:
            self._traces.are_left = True
        if self._traces.are_left:
            await self.run(lambda _tx: None)

    async def read_apart(self, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``read`` in a thread and on a connection of its own, for slow reads: no click waits for it."""

        def read() -> T:
            try:
                with self.read_transaction() as tx:
                    return work(tx, *args, **kwargs)
            except DBAPIError as error:
                raise translated(error) from error

        return await asyncio.to_thread(read)

    def queues(self) -> dict[str, tuple[int, float]]:
        """How many jobs wait for the database's threads, and for how many seconds the oldest has waited."""
        return {"writer": self._writer.waiting, "reader": self._reader.waiting}

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
        left = deque(alike(job for job in jobs if job.is_wanted))
        while left:
            try:
                with self.read_transaction() as tx:
                    while left:
                        together = left[0]
                        results = do_together(together, tx)
                        for job, result in zip(together, results, strict=True):
                            job.succeed(result)
                        left.popleft()
            except Exception as error:
                together = left.popleft()
                if len(together) > 1:
                    left.extendleft([job] for job in reversed(together))
                else:
                    together[0].fail(error if is_refused_write(error) else translated(error))


def _job(work: Work, item: object = None) -> Job:
    deadline = current_deadline()
    until = deadline.stored_by if deadline is not None else None
    return Job(work, item, asyncio.get_running_loop(), until)


async def _in_time(job: Job) -> Any:  # noqa: ANN401 - whatever the job returns
    """The job's result, or at its deadline an error: not done, or outcome unknown."""
    if job.until is None:
        return await job.done

    timer: asyncio.TimerHandle

    def give_up() -> None:
        nonlocal timer
        if not job.give_up(StoreUnavailableError("the database stayed locked or busy")):
            unknown = StoreOutcomeUnknownError("the commit did not answer in time")
            timer = job.loop.call_later(COMMIT_SECONDS, job.stop_waiting, unknown)

    timer = job.loop.call_later(max(job.until - time.monotonic(), 0), give_up)
    try:
        return await job.done
    finally:
        timer.cancel()
