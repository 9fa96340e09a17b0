"""Whether Kaiku is ready, for ``/readyz``: problems are reported in a word or two."""

import asyncio
from datetime import timedelta

from bot.clock import Clock
from bot.services.sending.metrics import seconds_behind
from bot.services.sending.sender import Sender
from bot.slack.socket_mode import SocketMode
from storage.engine import Store, StoreUnavailableError
from storage.sending.pause import is_paused
from storage.sending.rate_limits import note_write

WRITE_SECONDS = 5.0
"""The least interval between two test writes, however often ``/readyz`` is asked."""


class Readiness:
    """Checks the parts of a running Kaiku. Sending may be late by at most ``late_after``."""

    def __init__(
        self, store: Store, clock: Clock, sender: Sender, sockets: SocketMode | None, late_after: timedelta
    ) -> None:
        self._store = store
        self._clock = clock
        self.sender = sender
        self._sockets = sockets
        self._late_after = late_after
        self._wrote_at: float | None = None

    async def check(self) -> tuple[bool, str]:
        """Whether Kaiku is ready, and the text for ``/readyz``. A pause that a coordinator ordered is no
        fault."""
        try:
            behind = await self._store.read(seconds_behind, self._clock.now())
            paused = await self._store.read(is_paused)
            await self._require_room()
        except StoreUnavailableError:
            return False, "database"
        if self._sockets is not None and not self._sockets.is_alive:
            return False, "socket"
        if self.sender.is_stuck:
            return False, "tick"
        if self.sender.access.refusal is not None:
            return False, f"slack {self.sender.access.refusal}"
        if behind > self._late_after.total_seconds() and not paused:
            return False, f"late {behind / 60:.0f} min"
        return True, "ready, sending is paused" if paused else "ready"

    async def _require_room(self) -> None:
        """Raise StoreUnavailableError when nothing can be written, as with a full disk."""
        loop = asyncio.get_running_loop()
        if self._wrote_at is None or loop.time() - self._wrote_at >= WRITE_SECONDS:
            await self._store.run(note_write, self._clock.now())
            self._wrote_at = loop.time()
