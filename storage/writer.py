"""Group commit: waiting transactions share a commit, and none outlives its deadline."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from storage.lock_queue import LockQueue
from storage.sqlite_file import FileGoneError
from storage.statements import execute
from storage.transaction import Tx, take_wake
from storage.unavailable import (
    StoreOutcomeUnknownError,
    StoreUnavailableError,
    is_about_the_connection,
    is_locked,
    translated,
)
from storage.worker import Job, Worker, alike, do_together

WRITERS = 2
"""Writer threads on PostgreSQL: a slow transaction does not hold up everybody."""

LOOK_SECONDS = 5.0
"""How long the outcome of a lost commit is looked up."""

ALONE, TOGETHER, ONE_OF_MANY = "100ms", "100ms", "5ms"
"""How long a transaction waits for a row's lock before it steps aside: one that runs alone, the first of a
batch that meets a lock, and each in a batch of which others may be locked out as well.
"""

_BEGIN_ALONE = text(
    "select pg_advisory_xact_lock_shared(hashtext('kaiku.batch')),"
    " set_config('lock_timeout', :patience, true), pg_current_xact_id()::text"
)
_BEGIN_BATCH = text(
    "select pg_advisory_xact_lock(hashtext('kaiku.batch')), set_config('lock_timeout', :patience, true),"
    " pg_current_xact_id()::text"
)
_FATE = text("select pg_xact_status(cast(:id as xid8))")


class _LockedError(Exception):
    """The transaction could not begin: another one writes."""


class _GivenUpError(Exception):
    """A job of the batch was given up: the batch must not be committed with it."""


def _is_batch(jobs: list[Job]) -> bool:
    """Whether the jobs run as a batch: several, or one that has waited for a row's lock. Batches of all
    processes take turns, so that they can't overtake that job again and again.
    """
    return len(jobs) > 1 or any(job.waited_for is not None for job in jobs)


def _do(jobs: list[Job], tx: Tx) -> None:
    """Do equal jobs in one call."""
    results = do_together(jobs, tx)
    planned = take_wake(tx)
    for job, result in zip(jobs, results, strict=True):
        job.succeed(result, planned=planned)


class Writer:
    """Group commit. ``finished`` is called after each commit."""

    def __init__(self, engine: Engine, busy_seconds: float, finished: Callable[[], None]) -> None:
        self._engine = engine
        self._busy_seconds = busy_seconds
        self._finished = finished
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._worker = Worker("kaiku-writer", self._write, threads=1 if self._is_sqlite else WRITERS)
        self._locked_out = LockQueue(self._worker.put)

    def put(self, job: Job) -> None:
        self._worker.put_soon(job)

    @property
    def waiting(self) -> tuple[int, float]:
        """How many jobs wait, and for how many seconds the oldest has waited."""
        return self._worker.waiting

    def close(self) -> None:
        """Finish queued jobs and stop. Jobs waiting for another transaction's lock fail."""
        self._worker.close()
        for job in self._locked_out.clear():
            if not job.loop.is_closed():
                job.loop.call_soon_threadsafe(job.give_up, StoreUnavailableError("stopped"))

    def _write(self, jobs: list[Job]) -> None:
        """Run the jobs in one transaction. If one of them fails, it is rolled back and they run again with a
        savepoint each; if that fails as a whole, each runs in a transaction of its own.
        """
        savepoints = bool(self._locked_out)  # more jobs may fail: each is to fail by itself
        while _is_batch(jobs := self._in_time(jobs)):
            try:
                self._write_together(jobs, savepoints=savepoints)
            except _LockedError:
                self._limit(jobs)
                if not self._is_sqlite:
                    break  # the holder of the lock on batches stands still
            except StoreUnavailableError as error:
                for job in jobs:
                    job.fail(error)
                return
            except Exception as error:
                # Nothing was committed, so each may run again, and raises the error by itself.
                for job in jobs:
                    job.reset()
                if isinstance(error, _GivenUpError):
                    continue
                if savepoints:
                    break
                savepoints = True
            else:
                return
        for job in jobs:
            self._write_alone(job)

    def _in_time(self, jobs: list[Job]) -> list[Job]:
        """The jobs whose deadline has not passed; the others are told that it has."""
        kept = []
        for job in jobs:
            if job.is_late:
                job.fail(StoreUnavailableError("the database stayed locked or busy"))
            elif job.is_wanted:
                kept.append(job)
        return kept

    def _limit(self, jobs: list[Job]) -> None:
        """Limit how long the jobs wait for another transaction's lock."""
        for job in jobs:
            if job.until is None:
                job.until = time.monotonic() + self._busy_seconds

    def _write_together(self, jobs: list[Job], *, savepoints: bool) -> None:
        with self._transaction(jobs, ONE_OF_MANY if savepoints else TOGETHER, in_batch=True) as tx:
            # From here on none is given up: one past its deadline would undo the work of all.
            jobs = [job for job in jobs if job.begin_commit()]
            for together in alike(jobs) if not savepoints else ([job] for job in jobs):
                try:
                    with tx.begin_nested() if savepoints else nullcontext():
                        _do(together, tx)
                except Exception as error:
                    if savepoints and is_locked(error):
                        self._step_aside(together[0], error)
                    elif not savepoints or is_about_the_connection(error):
                        raise
                    else:
                        together[0].fail(error)

    def _write_alone(self, job: Job) -> None:
        while self._in_time([job]):
            try:
                with self._transaction([job], ALONE, in_batch=False) as tx:
                    _do([job], tx)
            except _LockedError:
                self._limit([job])
                continue
            except Exception as error:
                job.reset()
                if is_locked(error):
                    self._step_aside(job, error)
                elif not isinstance(error, _GivenUpError):
                    job.fail(translated(error))
            return

    def _step_aside(self, job: Job, error: Exception) -> None:
        self._limit([job])
        assert isinstance(error, DBAPIError)
        self._locked_out.add(job, f"{error.statement} {error.params}")

    @contextmanager
    def _transaction(self, jobs: list[Job], patience: str, *, in_batch: bool) -> Iterator[Tx]:
        """A transaction that is committed at the end of the block with the jobs that have run. Raises
        _LockedError, StoreUnavailableError, _GivenUpError: then nothing is committed.
        """
        with self._connect() as tx:
            transaction_id = self._begin(tx, patience, in_batch=in_batch)
            yield tx
            done = [job for job in jobs if job.has_run]
            if not all(job.begin_commit() for job in done):
                raise _GivenUpError
            try:
                tx.commit()
            except DBAPIError as error:
                if transaction_id is None or not is_about_the_connection(error):
                    raise
                if not self._was_committed(transaction_id):
                    raise
        for job in done:
            self._locked_out.release(job)
        self._finished()

    def _connect(self) -> Tx:
        """A connection. Raises StoreUnavailableError."""
        try:
            return self._engine.connect()
        except (DBAPIError, FileGoneError) as error:
            raise translated(error) from error

    def _begin(self, tx: Tx, patience: str, *, in_batch: bool) -> str | None:
        """Begin, on SQLite with its write lock; on PostgreSQL returns the transaction's id. A batch keeps the
        locks of all its jobs to its end, and two batches that took the same rows in different orders would
        deadlock: so one batch writes at a time, in all processes. A row that it finds locked is therefore
        held by something slower than a click.
        """
        try:
            tx.begin()
            if self._is_sqlite:
                return None
            begun = execute(tx, _BEGIN_BATCH if in_batch else _BEGIN_ALONE, patience=patience).one()
        except (DBAPIError, FileGoneError) as error:
            raise (_LockedError() if is_locked(error) else translated(error)) from error
        return str(begun[-1])

    def _was_committed(self, transaction_id: str) -> bool:
        """Find out whether an unanswered commit was done. Raises StoreOutcomeUnknownError if that can't be
        found out.
        """
        until = time.monotonic() + LOOK_SECONDS
        while time.monotonic() < until:
            try:
                with self._engine.connect() as connection:
                    fate = connection.execute(_FATE, {"id": transaction_id}).scalar()
            except DBAPIError:
                fate = "in progress"  # as far as we know
            if fate != "in progress":
                return fate == "committed"
            time.sleep(0.05)
        raise StoreOutcomeUnknownError("the connection was lost during a commit")
