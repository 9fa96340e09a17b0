"""Once a second: let the sender send what is due, and the store finish erasures; now and then look up whose
e-mail addresses the plan names, forget what is kept until an offering ends, chain the log of acts, keep
groups' channels in step, and once a day erase what has been kept for long enough. No logic here."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.services.sending.sender import Sender
from storage.engine import Store, StoreUnavailableError

TICK_SECONDS = 1
CHAIN_SECONDS = 5
KEEP_SECONDS = 20
LOOK_UP_MINUTES = 5
FORGET_MINUTES = 30
RETENTION_HOURS = 1
"""How often it is looked whether a new day has begun; the work itself is done once a day."""
RETENTION_AFTER = timedelta(minutes=2)
LOOK_UP_AFTER = timedelta(seconds=15)
"""At the start what is due goes first."""


class Scheduler:
    """One in-memory interval job; the schedule itself is rows in the database."""

    def __init__(
        self,
        sender: Sender,
        store: Store,
        look_up_addresses: Callable[[], Awaitable[None]] | None = None,
        forget_ended: Callable[[], Awaitable[None]] | None = None,
        chain_acts: Callable[[], Awaitable[None]] | None = None,
        keep_channels: Callable[[], Awaitable[None]] | None = None,
        keep_retention: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
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
        for rare, every in (
            (look_up_addresses, timedelta(minutes=LOOK_UP_MINUTES)),
            (forget_ended, timedelta(minutes=FORGET_MINUTES)),
            (chain_acts, timedelta(seconds=CHAIN_SECONDS)),
            (keep_channels, timedelta(seconds=KEEP_SECONDS)),
        ):
            if rare is not None:
                self._scheduler.add_job(
                    rare,
                    "interval",
                    seconds=every.total_seconds(),
                    next_run_time=datetime.now(UTC) + min(LOOK_UP_AFTER, every),
                    coalesce=True,
                    max_instances=1,
                    misfire_grace_time=None,
                )

        if keep_retention is not None:
            self._scheduler.add_job(
                keep_retention,
                "interval",
                hours=RETENTION_HOURS,
                next_run_time=datetime.now(UTC) + RETENTION_AFTER,
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
