"""The clockwork: one tick a second asks the sender to send what is due, and the store to finish erasures.
No logic here."""

from contextlib import suppress

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.services.sending.sender import Sender
from storage.engine import Store, StoreUnavailableError

TICK_SECONDS = 1


class Scheduler:
    """One in-memory interval job; the schedule itself is rows in the database."""

    def __init__(self, sender: Sender, store: Store) -> None:
        self._sender = sender
        self._store = store
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for job in (sender.tick, self._finish_erasures):
            self._scheduler.add_job(
                job,
                "interval",
                seconds=TICK_SECONDS,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        self._scheduler.start()

    async def _finish_erasures(self) -> None:
        with suppress(StoreUnavailableError):  # the sender's tick says so, and this one is soon followed
            await self._store.finish_erasures()

    async def stop(self) -> None:
        """No tick starts any more; the round under way is finished first: shutdown would cancel it."""
        self._scheduler.pause()
        await self._sender.drain()
        self._scheduler.shutdown(wait=False)
