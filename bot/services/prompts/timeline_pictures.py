"""Pictures of timelines: drawn in a process of their own, cached, and served at signed addresses.

An address names the offering, the language and a digest of the content, so that Slack, which caches every
picture, never shows an old one for a new one. Nothing is stored.
"""

import asyncio
import hashlib
import hmac
import logging
import os
import re
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from bot.domain.errors import KaikuError
from bot.domain.language import LANGUAGES
from bot.i18n import words_for
from bot.services.calendars.feed import CalendarLinks
from bot.services.prompts.timeline import OfferingTimeline
from bot.views.prompts.timeline_marks import picture_of
from bot.views.prompts.timeline_picture import TimelinePicture

log = logging.getLogger(__name__)

DRAW_SECONDS: Final = 20.0
PATIENCE: Final = 2.0
"""Seconds that a click waits for its picture: Slack waits three. A drawing that takes longer is finished and
cached."""

KEPT: Final = 32
"""Cached pictures, of about 80 kB each."""

ROOT: Final = Path(__file__).parents[3]
_TOKEN: Final = re.compile(r"([a-z0-9-]+)\.([a-z]{2})\.([0-9a-f]{16})\.([0-9a-f]{32})", re.ASCII)
_PASSED_ON: Final = ("HOME", "LANG", "MPLCONFIGDIR", "PATH", "TMPDIR")
"""Environment variables for the process that draws: none of Kaiku's secrets."""

Draw = Callable[[TimelinePicture], Awaitable[bytes]]


class DrawingError(Exception):
    """The picture could not be drawn; ``args[0]`` says why."""


async def draw(picture: TimelinePicture, seconds: float = DRAW_SECONDS) -> bytes:
    """The PNG of the picture. Raises DrawingError, after ``seconds`` at the latest."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.views.prompts.timeline_picture",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
    except OSError as error:
        raise DrawingError(f"no process: {error.strerror}") from None
    try:
        async with asyncio.timeout(seconds):
            png, complaint = await process.communicate(picture.as_json().encode())
    except TimeoutError:
        raise DrawingError(f"not done after {seconds:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        last = complaint.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        raise DrawingError(f"exit {process.returncode}: {last}")
    return png


class Drawable(Struct, frozen=True):
    """A picture, and the token in its address."""

    picture: TimelinePicture
    token: str


class TimelinePictures:
    """Draws one picture at a time and caches the last few. ``secret`` signs the addresses; instances that
    share it serve each other's."""

    def __init__(self, secret: str, links: CalendarLinks, draw: Draw = draw) -> None:
        self._key = hmac.digest(secret.encode(), b"kaiku: pictures of timelines", "sha256")
        self._links = links
        self.draw = draw
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._drawing = asyncio.Lock()
        self._under_way: set[asyncio.Task[bytes | None]] = set()

    @property
    def are_shown(self) -> bool:
        """Whether Kaiku has a public address, from which Slack can fetch pictures."""
        return self._links.are_shown

    def drawable(self, timeline: OfferingTimeline, language: str) -> Drawable | None:
        """The picture of this timeline; None when no entry has a day."""
        offering = timeline.offering
        words = words_for(language, offering.timezone)
        picture = picture_of(offering, timeline.entries, timeline.calendar, timeline.seen_at, words)
        if picture is None:
            return None
        digest = hashlib.sha256(picture.as_json().encode()).hexdigest()[:16]
        said = f"{offering.code}.{language}.{digest}"
        return Drawable(picture, f"{said}.{self._signature(said)}")

    async def draw_for(self, timeline: OfferingTimeline, language: str) -> str | None:
        """Draw the picture before Slack fetches it, and return its address. None if it could not be drawn;
        the list has the same content.
        """
        found = self.drawable(timeline, language)
        url = timeline_image_url(self._links, found)
        if found is None or url is None:
            return None
        task = asyncio.create_task(self._png_or_none(found))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        return url if done and task.result() is not None else None

    async def stop(self) -> None:
        """Cancel drawings in progress."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def fetch(
        self, token: str, load: Callable[[str], Awaitable[OfferingTimeline]]
    ) -> tuple[bytes, bool] | None:
        """The picture at this address, and whether its content is the one the address names, not a later one.
        None for an address that Kaiku did not create. Raises DrawingError.
        """
        found = _TOKEN.fullmatch(token)
        if found is None or found[2] not in LANGUAGES:
            return None
        said = f"{found[1]}.{found[2]}.{found[3]}"
        if not hmac.compare_digest(self._signature(said), found[4]):
            return None
        if token in self._kept:
            return self._kept[token], True
        try:
            timeline = await load(found[1])
        except KaikuError:  # the offering is gone
            return None
        drawable = self.drawable(timeline, found[2])
        if drawable is None:
            return None
        return await self._png_of(drawable), drawable.token == token

    def _signature(self, said: str) -> str:
        return hmac.new(self._key, said.encode(), "sha256").hexdigest()[:32]

    async def _png_or_none(self, drawable: Drawable) -> bytes | None:
        try:
            return await self._png_of(drawable)
        except DrawingError:  # logged already
            return None

    async def _png_of(self, drawable: Drawable) -> bytes:
        async with self._drawing:
            if drawable.token not in self._kept:
                try:
                    png = await self.draw(drawable.picture)
                except DrawingError as error:
                    log.error("timeline not drawn: %s", error, extra={"action": "timeline_not_drawn"})
                    raise
                self._kept[drawable.token] = png
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(drawable.token)
            return self._kept[drawable.token]


def timeline_image_url(links: CalendarLinks, drawable: Drawable | None) -> str | None:
    """The public address of the picture; None when Kaiku has none."""
    if links.public_url is None or drawable is None:
        return None
    return f"{links.public_url}/timeline/{drawable.token}.png"
