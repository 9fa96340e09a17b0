"""The clockwork: one tick a second asks the sender to send what is due. No logic here."""

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.services.sending.sender import Sender

TICK_SECONDS = 1


class Scheduler:
    """One in-memory interval job; the schedule itself is rows in the database."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            sender.tick,
            "interval",
            seconds=TICK_SECONDS,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """No tick starts any more; the round under way is finished first: shutdown would cancel it."""
        self._scheduler.pause()
        await self._sender.drain()
        self._scheduler.shutdown(wait=False)
