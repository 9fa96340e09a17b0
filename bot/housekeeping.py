"""The periodic jobs besides sending: one method a job, and their intervals. While the database is away, a job
waits for its next turn."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from msgspec.structs import replace

from bot.domain.acts import Signer
from bot.domain.people.person import Profile
from bot.services.acts.chain import chain_acts, has_unchained
from bot.services.facilitation.channel_keeping import keep_channels
from bot.services.facilitation.needs import forget_ended
from bot.services.people import addresses
from bot.services.people.profiles import meet
from bot.services.privacy.erasures import ErasureFile, ErasureKeys, ErasureListError
from bot.services.privacy.retention import keep_retention
from bot.services.prompts.series import keep_series
from bot.services.sending.bot_token import Rotation, keep_token
from handlers.kaiku import Kaiku
from storage.engine import StoreUnavailableError
from storage.offerings.catalogue import timetable_mark

log = logging.getLogger(__name__)

NO_SCOPE = (
    "the scope users:read.email is missing. Add it on the app's page (OAuth & Permissions) and reinstall"
)

TOKEN_EVERY = timedelta(minutes=1)
SERIES_EVERY = timedelta(seconds=2)
CHAIN_EVERY = timedelta(seconds=5)
CHANNELS_EVERY = timedelta(seconds=20)
ERASURES_EVERY = timedelta(seconds=20)
ADDRESSES_EVERY = timedelta(minutes=5)
FORGET_EVERY = timedelta(minutes=30)
RETENTION_EVERY = timedelta(hours=1)
"""How often to check whether a new day has begun; the work itself is done once a day."""

AFTER_START = timedelta(seconds=15)
RETENTION_AFTER_START = timedelta(minutes=2)
"""The delay after the start, so that due messages go first."""


class Job(NamedTuple):
    """A job: its work, its interval, and the delay of its first run."""

    work: Callable[[], Awaitable[None]]
    every: timedelta
    after_start: timedelta


class Housekeeping:
    """The jobs of one running Kaiku. ``expired`` counts by table what retention erased, for ``/metrics``."""

    def __init__(
        self,
        kaiku: Kaiku,
        signer: Signer,
        erasure_keys: ErasureKeys,
        rotation: Rotation | None,
        erasures: ErasureFile | None,
    ) -> None:
        self._kaiku, self._erasures = kaiku, erasures
        self._rotation = rotation
        self._signer = signer
        self._erasure_keys = erasure_keys
        self._hindrance: str | None = None
        self._series_of: tuple[int, ...] | None = None
        self.expired: dict[str, int] = {}

    def jobs(self) -> Iterator[Job]:
        if self._rotation is not None:
            yield Job(self.keep_token, TOKEN_EVERY, TOKEN_EVERY)
        yield Job(self.keep_series, SERIES_EVERY, SERIES_EVERY)
        yield Job(self.look_up_addresses, ADDRESSES_EVERY, AFTER_START)
        yield Job(self.forget_ended, FORGET_EVERY, AFTER_START)
        yield Job(self.chain_acts, CHAIN_EVERY, CHAIN_EVERY)
        if self._kaiku.keeps_channels:
            yield Job(self.keep_channels, CHANNELS_EVERY, AFTER_START)
        if self._erasures is not None:
            yield Job(self.keep_erasures, ERASURES_EVERY, AFTER_START)
        yield Job(self.keep_retention, RETENTION_EVERY, RETENTION_AFTER_START)

    async def keep_token(self) -> None:
        """Use the newest bot token, and renew it in time, where Slack's token rotation is on."""
        kaiku = self._kaiku
        if self._rotation is not None:
            with suppress(StoreUnavailableError):  # the sender's tick logs it; the job runs again soon
                await keep_token(kaiku.store, kaiku.slack, self._rotation, kaiku.clock)

    async def keep_series(self) -> None:
        """Give offerings and sessions that were added since the start the prompts of their series."""
        kaiku = self._kaiku
        with suppress(StoreUnavailableError):  # the sender's tick logs it; the job runs again soon
            mark = await kaiku.store.read(timetable_mark)
            if mark != self._series_of:
                await kaiku.store.run(keep_series, kaiku.library, kaiku.clock.now())
                self._series_of = mark

    async def look_up_addresses(self) -> None:
        """Look up in Slack the facilitators whom the plan names by e-mail address, and give them their
        role."""
        kaiku = self._kaiku
        try:
            hindrance = await addresses.look_up_addresses(kaiku.store, kaiku.slack, kaiku.clock.now())
            await addresses.meet_unmet(kaiku.store, kaiku.slack.find_profile, self._meet)
        except StoreUnavailableError as error:
            hindrance = str(error)
        if hindrance is not None and hindrance != self._hindrance:
            log.warning(
                "facilitators named by e-mail address have no role for now: %s",
                hindrance if hindrance != addresses.MISSING_SCOPE else NO_SCOPE,
                extra={"action": "addresses_not_looked_up"},
            )
        self._hindrance = hindrance

    async def _meet(self, profile: Profile) -> None:
        kaiku = self._kaiku
        profile = replace(profile, timezone=profile.timezone or kaiku.defaults.timezone)
        await kaiku.store.run(meet, profile, kaiku.defaults, kaiku.clock.now())

    async def forget_ended(self) -> None:
        """Delete rooms and needs whose retention period is over."""
        with suppress(StoreUnavailableError):  # the sender's tick logs it; the job runs again soon
            await self._kaiku.store.run(forget_ended, self._kaiku.clock.now())

    async def chain_acts(self) -> None:
        """Chain the new lines of the log of acts."""
        store = self._kaiku.store
        try:
            while await store.read(has_unchained):
                await store.run(chain_acts, self._signer)
        except StoreUnavailableError as error:
            log.warning("log of acts not chained: %s", error, extra={"action": "acts_not_chained"})

    async def keep_channels(self) -> None:
        """Make the members of groups' channels those of the groups."""
        try:
            await keep_channels(self._kaiku.store, self._kaiku.slack, self._kaiku.clock)
        except StoreUnavailableError as error:
            log.error("channels not kept: %s", error, extra={"action": "store_unavailable"})

    async def keep_erasures(self) -> None:
        """Keep the list of erasures in its place apart from the database (KAIKU_ERASURES)."""
        assert self._erasures is not None
        try:
            await self._erasures.keep(self._kaiku.clock.now())
        except (StoreUnavailableError, ErasureListError, OSError) as error:
            log.error("erasures not listed: %s", error, extra={"action": "erasures_not_listed"})

    async def keep_retention(self) -> None:
        """Erase what has been kept for as long as the privacy notice says, once a day."""
        kaiku = self._kaiku
        try:
            await keep_retention(
                kaiku.store, kaiku.notice, self._erasure_keys, self._signer, kaiku.clock, self.expired
            )
        except StoreUnavailableError as error:
            log.warning("retention stopped: %s", error, extra={"action": "retention_stopped"})
