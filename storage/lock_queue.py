"""Jobs that wait for a lock that somebody else holds, so that no thread waits for it.

One locked offering holds up no other: who can't get a lock at once steps aside here. From time to time one of
those who wait for the same lock tries again; when it gets through, the rest follows.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from storage.worker import Job

TRY_AGAIN_SECONDS = 0.05


class LockQueue:
    """``put`` hands a job to the worker once more."""

    def __init__(self, put: Callable[[Job], None]) -> None:
        self._put = put
        self._changing = threading.Lock()
        self._by_lock: dict[str, deque[Job]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_lock)

    def add(self, job: Job, lock: str) -> None:
        """The job could not get this lock: it tries again later. Runs in a worker thread."""
        with self._changing:
            is_new = lock not in self._by_lock
            waiting = self._by_lock.setdefault(lock, deque())
            if job.waited_for == lock:
                waiting.appendleft(job)
            else:
                waiting.append(job)
            job.waited_for = lock
        if is_new:
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                job.loop.call_soon_threadsafe(self._try_later, lock)

    def release(self, job: Job) -> None:
        """The job got the lock it had waited for: the others may have it too."""
        if job.waited_for is None:
            return
        with self._changing:
            waiting = self._by_lock.pop(job.waited_for, ())
        job.waited_for = None
        for each in waiting:
            self._put(each)

    def clear(self) -> list[Job]:
        """Who still waits, in the order of their coming; they wait no longer."""
        with self._changing:
            left = [job for waiting in self._by_lock.values() for job in waiting]
            self._by_lock.clear()
        return left

    def _try_later(self, lock: str) -> None:
        asyncio.get_running_loop().call_later(TRY_AGAIN_SECONDS, self._try, lock)

    def _try(self, lock: str) -> None:
        with self._changing:
            waiting = self._by_lock.get(lock)
            while waiting and not waiting[0].is_wanted:
                waiting.popleft()
            if not waiting:
                self._by_lock.pop(lock, None)
                return
            job = waiting.popleft()
        self._put(job)
        self._try_later(lock)
