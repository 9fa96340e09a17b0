"""Once a second: let the sender send what is due, and the store finish erasures; now and then the rest of
``bot.housekeeping``. No logic here."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.housekeeping import Job
from bot.services.sending.sender import Sender
from storage.engine import Store, StoreUnavailableError

TICK = timedelta(seconds=1)


class Scheduler:
    """In-memory interval jobs; the schedule itself is rows in the database."""

    def __init__(self, sender: Sender, store: Store, jobs: Iterable[Job] = ()) -> None:
        self._sender = sender
        self._store = store
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for work, every, after_start in (
            Job(sender.tick, TICK, TICK),
            Job(self._finish_erasures, TICK, TICK),
            *jobs,
        ):
            self._scheduler.add_job(
                work,
                "interval",
                seconds=every.total_seconds(),
                next_run_time=datetime.now(UTC) + after_start,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        self._scheduler.start()

    async def _finish_erasures(self) -> None:
        with suppress(StoreUnavailableError):  # the sender's tick logs it, and the next tick follows soon
            await self._store.finish_erasures()

    async def stop(self) -> None:
        """Start no more ticks and finish the one in progress, which a shutdown would cancel."""
        self._scheduler.pause()
        await self._sender.drain()
        self._scheduler.shutdown(wait=False)
