"""Once a second: let the sender send what is due, and the store finish erasures; now and then the rest of
``bot.housekeeping``. No logic here."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from bot.housekeeping import Job
from bot.services.sending.sender import Sender
from storage.engine import Store, StoreUnavailableError

log = logging.getLogger(__name__)

TICK = timedelta(seconds=1)


class Scheduler:
    """Each job in a task of its own, one run at a time; the schedule itself is rows in the database.

    Time is the event loop's, which nobody can set: a machine's clock that was a day ahead and is set back
    must not put every tick off by that day (docs/decisions/0040-ticks-go-by-the-monotonic-clock.md).
    """

    def __init__(self, sender: Sender, store: Store, jobs: Iterable[Job] = ()) -> None:
        self._sender = sender
        self._store = store
        self._jobs = (Job(sender.tick, TICK, TICK), Job(self._finish_erasures, TICK, TICK), *jobs)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the jobs; call it in the event loop."""
        self._tasks = [asyncio.create_task(_repeat(job)) for job in self._jobs]

    async def _finish_erasures(self) -> None:
        with suppress(StoreUnavailableError):  # the sender's tick logs it, and the next tick follows soon
            await self._store.finish_erasures()

    async def stop(self) -> None:
        """Start no more sends and finish those in progress; other jobs are cancelled."""
        await self._sender.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _repeat(job: Job) -> None:
    """Run the job repeatedly. One that takes longer than its interval skips turns."""
    loop = asyncio.get_running_loop()
    due = loop.time() + job.after_start.total_seconds()
    while True:
        await asyncio.sleep(due - loop.time())
        try:
            await job.work()
        except Exception:
            log.exception("background work failed", extra={"action": "job_failed"})
        due = max(due + job.every.total_seconds(), loop.time())
