"""One thread that runs database work in the order it was asked for, several at a time when they queue."""

import asyncio
import queue
import threading
from collections.abc import Callable, Hashable
from typing import Any

from storage.transaction import Tx

MAX_TOGETHER = 200
"""Most waiting jobs handed over at once: it bounds how long the first of them waits for the last."""


class Job:
    """A piece of work waiting for its turn, and the future that tells its asker how it went.

    ``succeed`` and ``fail`` only note the outcome; the lane tells all of a batch when the batch is
    committed, in one call into the event loop. ``lock``: see ``storage.turns``.
    """

    __slots__ = ("_error", "_result", "done", "lock", "loop", "planned", "work")

    def __init__(
        self, work: Callable[[Tx], Any], loop: asyncio.AbstractEventLoop, lock: Hashable = None
    ) -> None:
        self.work = work
        self.loop = loop
        self.lock = lock
        self.done: asyncio.Future[Any] = loop.create_future()
        self.reset()

    def reset(self) -> None:
        self.planned = False
        self._result: Any = None
        self._error: BaseException | None = None

    def succeed(self, result: object, *, planned: bool = False) -> None:
        self._result = result
        self.planned = planned

    def fail(self, error: BaseException) -> None:
        self._error = error

    def tell(self) -> None:
        """Resolve the future. Runs in the event loop; nobody may be waiting any more."""
        if self.done.done():
            return
        if self._error is not None:
            self.done.set_exception(self._error)
        else:
            self.done.set_result(self._result)


class Lane:
    """A daemon thread, started by the first job, that hands queued jobs to ``run_together``."""

    def __init__(self, name: str, run_together: Callable[[list[Job]], None]) -> None:
        self._name = name
        self._run_together = run_together
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def put(self, job: Job) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._waiting.put(job)

    def close(self) -> None:
        """Finish what is queued and stop."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        closing = False
        while not closing:
            jobs = [self._waiting.get()]
            while len(jobs) < MAX_TOGETHER and not self._waiting.empty():
                jobs.append(self._waiting.get())
            closing = None in jobs
            batch = [job for job in jobs if job is not None]
            if batch:
                self._run_batch(batch)

    def _run_batch(self, batch: list[Job]) -> None:
        try:
            self._run_together(batch)
        except BaseException as error:  # the lane must outlive whatever one batch does
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
