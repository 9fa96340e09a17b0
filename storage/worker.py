"""Threads that run database work in the order it was asked for, in batches when jobs queue."""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum, auto
from itertools import groupby
from typing import Any

from msgspec import Struct

from bot.request import answering, current_request
from storage.transaction import Tx

MAX_BATCH = 100
"""The most jobs in a batch, which limits how long the first of them waits for the last."""


class Fate(Enum):
    """The first to decide, the committing worker or a caller that stops waiting, decides for both."""

    OPEN = auto()
    COMMITTING = auto()
    GIVEN_UP = auto()


class Work(Struct, frozen=True):
    """A function of the open transaction and of items, which returns a result or an exception for each. Jobs
    whose work is equal may share one call.
    """

    run: Callable[..., Sequence[Any]]
    args: tuple[Any, ...] = ()

    def __call__(self, tx: Tx, items: Sequence[Any]) -> Sequence[Any]:
        return self.run(tx, items, *self.args)


class Job:
    """A queued job, which is to do its work with its item, and the future that returns its result.

    ``succeed`` and ``fail`` only store the outcome; the worker resolves all futures of a batch after its
    commit, in one call into the event loop. ``until`` is a time of ``time.monotonic`` after which the job
    must not be done any more. ``waited_for`` names the lock that it could not get when it last ran.
    """

    __slots__ = (
        "_deciding", "_error", "_fate", "_result", "done", "has_run", "item", "loop", "planned", "request",
        "until", "waited_for", "work",
    )  # fmt: skip

    def __init__(
        self, work: Work, item: object, loop: asyncio.AbstractEventLoop, until: float | None = None
    ) -> None:
        self.work = work
        self.item = item
        self.loop = loop
        self.until = until
        self.waited_for: str | None = None
        self.request = current_request()
        self.done: asyncio.Future[Any] = loop.create_future()
        self._deciding = threading.Lock()
        self._fate = Fate.OPEN
        self.reset()

    def reset(self) -> None:
        """Discard the result of a run that was not committed."""
        self.planned = False
        self.has_run = False
        self._result: Any = None
        self._error: BaseException | None = None
        with self._deciding:
            if self._fate is Fate.COMMITTING:
                self._fate = Fate.OPEN

    def succeed(self, result: object, *, planned: bool = False) -> None:
        """Store the result, or the exception of a job that wrote nothing."""
        if isinstance(result, Exception):
            self.fail(result)
            return
        self._result = result
        self.planned = planned
        self.has_run = True

    def fail(self, error: BaseException) -> None:
        self._error = error

    @property
    def is_wanted(self) -> bool:
        return self._fate is not Fate.GIVEN_UP

    @property
    def is_late(self) -> bool:
        return self.until is not None and time.monotonic() >= self.until

    def begin_commit(self) -> bool:
        """Whether the job may be committed. From now on it can't be given up."""
        with self._deciding:
            if self._fate is Fate.OPEN:
                self._fate = Fate.COMMITTING
            return self._fate is Fate.COMMITTING

    def give_up(self, error: Exception) -> bool:
        """Raise this error in the caller, and never commit the job; False if its commit has begun. Runs in
        the event loop.
        """
        with self._deciding:
            if self._fate is Fate.COMMITTING:
                return False
            self._fate = Fate.GIVEN_UP
        self.stop_waiting(error)
        return True

    def stop_waiting(self, error: Exception) -> None:
        """Raise this error in the caller, whether or not the job is committed. Runs in the event loop."""
        if not self.done.done():
            self.done.set_exception(error)

    def tell(self) -> None:
        """Resolve the future, if the job has an outcome. Runs in the event loop; the caller may have gone."""
        if self.done.done():
            return
        if self._error is not None:
            self.done.set_exception(self._error)
        elif self.has_run:
            self.done.set_result(self._result)


def do_together(jobs: list[Job], tx: Tx) -> Sequence[Any]:
    """Do equal jobs in one call: a result or an exception for each."""
    with answering([job.request for job in jobs if job.request is not None]):
        return jobs[0].work(tx, [job.item for job in jobs])


def alike(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """The jobs in their order, in groups of neighbours that one call can do together."""
    for _, each in groupby(jobs, key=lambda job: job.work):
        yield list(each)


class Worker:
    """Daemon threads, started by the first job, that hand queued jobs to ``run_batch``: each takes all
    that are waiting, at most ``MAX_BATCH``."""

    def __init__(self, name: str, run_batch: Callable[[list[Job]], None], *, threads: int = 1) -> None:
        self._name = name
        self._run = run_batch
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._coming: list[Job] = []
        self._queued_at: deque[float] = deque()
        self._size = threads
        self._threads: list[threading.Thread] = []

    def put_soon(self, job: Job) -> None:
        """Queue the job together with others put in this round of the event loop: a thread that takes them
        one by one makes no batches, and each hand-over of the interpreter's lock takes time.
        """
        self._coming.append(job)
        job.loop.call_soon(self._put_coming)

    def _put_coming(self) -> None:
        coming, self._coming = self._coming, []
        for job in coming:
            self.put(job)

    def put(self, job: Job) -> None:
        if not self._threads:
            for number in range(self._size):
                thread = threading.Thread(target=self._work, name=f"{self._name}-{number + 1}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._queued_at.append(time.monotonic())
        self._waiting.put(job)

    @property
    def waiting(self) -> tuple[int, float]:
        """How many jobs no thread has taken yet, and for how many seconds the oldest has waited."""
        try:
            return len(self._queued_at), time.monotonic() - self._queued_at[0]
        except IndexError:
            return 0, 0.0

    def close(self) -> None:
        """Finish queued jobs and stop."""
        self._put_coming()
        if self._threads:
            self._waiting.put(None)
            for thread in self._threads:
                thread.join()
            self._threads.clear()
            self._waiting.get()

    def _work(self) -> None:
        while True:
            first = self._waiting.get()
            batch: list[Job] = []
            job = first
            while job is not None:
                batch.append(job)
                self._queued_at.popleft()
                if len(batch) == MAX_BATCH:
                    break
                try:
                    job = self._waiting.get_nowait()
                except queue.Empty:
                    break
            if batch:
                self._run_batch(batch)
            if job is None:
                self._waiting.put(None)  # for the other threads
                return

    def _run_batch(self, batch: list[Job]) -> None:
        try:
            self._run(batch)
        except BaseException as error:  # the worker must survive any error of a batch
            for job in batch:
                job.fail(error)
        by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
        for job in batch:
            by_loop.setdefault(job.loop, []).append(job)
        for loop, jobs in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_tell_all, jobs)


def _tell_all(jobs: list[Job]) -> None:
    for job in jobs:
        job.tell()
