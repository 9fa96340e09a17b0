"""Jobs waiting for a lock that another transaction holds, without blocking a thread.

One locked offering holds up no other: a job that can't get its lock at once waits here. From time to time one
of the jobs waiting for a lock tries again; when it succeeds, the rest follow.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from storage.worker import Job

TRY_AGAIN_SECONDS = 0.05


class LockQueue:
    """``put`` returns a job to the worker."""

    def __init__(self, put: Callable[[Job], None]) -> None:
        self._put = put
        self._changing = threading.Lock()
        self._by_lock: dict[str, deque[Job]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_lock)

    def add(self, job: Job, lock: str) -> None:
        """Queue a job that could not get this lock; it tries again later. Runs in a worker thread."""
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
        """The job got the lock it had waited for: return the other jobs waiting for it to the worker."""
        if job.waited_for is None:
            return
        with self._changing:
            waiting = self._by_lock.pop(job.waited_for, ())
        job.waited_for = None
        for each in waiting:
            self._put(each)

    def clear(self) -> list[Job]:
        """Remove and return the waiting jobs, in order of arrival."""
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
