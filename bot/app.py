"""The composition root: builds all parts, and starts and stops them in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.bolt import create_bolt
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.deadline import ANSWER_SECONDS
from bot.domain.acts import Signer
from bot.domain.backups import backup_age
from bot.domain.downloads import DownloadKind, DownloadPage, FileFormat
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Defaults
from bot.domain.privacy import PrivacyNotice, fields_of
from bot.domain.sending.outcomes import Refused, Sent
from bot.housekeeping import Housekeeping
from bot.http_server import BoundedServer, RefusalLog
from bot.i18n import load_catalogue
from bot.message_kinds import declare_message_kinds
from bot.readiness import Readiness
from bot.scheduler import Scheduler
from bot.services import downloads
from bot.services.acts.chain import chain_all
from bot.services.calendars.feed import CalendarLinks, Feed, feed_of
from bot.services.calendars.tokens import CalendarTokens
from bot.services.completion.certificates import by_code, by_token
from bot.services.enrolment.draws import keep_draws
from bot.services.enrolment.turns import keep_news
from bot.services.evidence.files import report_source
from bot.services.evidence.month import months_to_tell, plan_months
from bot.services.facilitation.news import days_to_tell, plan_days
from bot.services.facilitation.roster_export import roster_source
from bot.services.offerings.session_notes import keep_notes
from bot.services.people import addresses
from bot.services.privacy.changes import note_notice
from bot.services.privacy.erasures import ErasureFile, ErasureKeys
from bot.services.privacy.my_data import my_data_source
from bot.services.prompts.library import Library
from bot.services.prompts.planning import plan_all_stale
from bot.services.prompts.series import keep_series
from bot.services.prompts.timeline import OfferingTimeline, load_offering_timeline
from bot.services.prompts.timeline_pictures import TimelinePictures
from bot.services.reflections.vault import Vault
from bot.services.sending.bot_token import TokenSealedError, rotation_of
from bot.services.sending.metrics import load_figures, render_metrics
from bot.services.sending.sender import Sender
from bot.slack.client import SlackClient, SlackUnavailableError
from bot.slack.endpoint import SlackEndpoint
from bot.slack.socket_mode import SocketMode, SocketTimeouts
from bot.start_checks import (
    TOKEN_REFUSED,
    DatabaseAwayError,
    StartError,
    require_current_schema,
    require_fitting_secret,
    require_library,
    require_live,
    require_notice,
    why_no_socket,
)
from bot.views.completion.page import verify_page
from bot.views.completion.pdf import certificate_pdf
from bot.watching import Watching
from bot.web import CertificateEndpoint, DownloadEndpoint, PrivacyEndpoint, create_metrics_app, create_web_app
from handlers.kaiku import Kaiku
from storage.engine import Store, StoreUnavailableError
from storage.roles import keep_from_settings

log = logging.getLogger(__name__)

BACKLOG = 4096
"""Connections waiting to be accepted: a whole workspace may click at once."""


FIRST_WAIT, LONGEST_WAIT = 1.0, 10.0
"""Seconds between two tries to reach the database at the start."""

DAYS_PLANNED_EVERY = timedelta(minutes=10)
"""How often to check whether facilitators are to be sent the daily news of their groups."""


class App:
    """A running Kaiku. With ``ticks`` False the caller calls ``sender.tick``: the rehearsal controls time
    itself."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        book: AgencyBook,
        library: Library | None = None,
        notice: PrivacyNotice | None = None,
        strict: bool = False,
        timeouts: SocketTimeouts = SocketTimeouts(),
        ticks: bool = True,
        answer_within: float = ANSWER_SECONDS,
    ) -> None:
        self.settings = settings
        self.store = Store(settings.database_url)
        self.slack = SlackClient(
            settings.bot_token, settings.api_url, team_id=settings.team_id, strict=strict
        )
        self._links = CalendarLinks(settings.public_url, _calendar_tokens(settings))
        self._library = require_library() if library is None else library
        notice = require_notice() if notice is None else notice
        vault = Vault(settings.secret_key, settings.previous_secret_key) if settings.secret_key else None
        defaults = Defaults(settings.language, settings.timezone, settings.seat_hold_days)
        coordinators = frozenset(settings.coordinators)
        kinds = declare_message_kinds(book, defaults, self._links, vault, notice, coordinators)
        self.kaiku = Kaiku(
            store=self.store,
            slack=self.slack,
            clock=clock,
            book=book,
            defaults=defaults,
            links=self._links,
            vault=vault,
            library=self._library,
            pictures=TimelinePictures(settings.bot_token, self._links),
            notice=notice,
            kinds=kinds,
            coordinators=coordinators,
            answer_within=answer_within,
            keeps_channels=settings.channels,
        )
        self._files = {
            DownloadKind.ROSTER: roster_source(book),
            DownloadKind.REPORT: report_source(book, self.kaiku.coordinators, vault),
            DownloadKind.MY_DATA: my_data_source(vault, notice, self.kaiku.coordinators, book),
        }
        self.sender = Sender(
            self.store,
            self.slack,
            kinds,
            self.kaiku.defaults,
            clock,
            prepare=self._plan_prompts,
            watches_clock=isinstance(clock, SystemClock),
        )
        self._signer = Signer(settings.secret_key, settings.previous_secret_key)
        erasure_keys = ErasureKeys(self._links.tokens.secrets)
        erasures = ErasureFile(self.store, Path(settings.erasures)) if settings.erasures else None
        self.housekeeping = Housekeeping(
            self.kaiku, self._signer, erasure_keys, rotation_of(settings), erasures
        )
        self._scheduler: Scheduler | None = None
        if ticks:
            self.store.on_planned = self.sender.wake
            self._scheduler = Scheduler(self.sender, self.store, self.housekeeping.jobs())
        self._refusals = RefusalLog()
        backups = Path(settings.backup_dir) if settings.backup_dir else None
        self.watching = Watching(self.store.queues, lambda: backup_age(backups, clock.now()))
        bolt, receive = create_bolt(self.kaiku), None
        self._sockets: SocketMode | None = None
        if settings.app_token is not None:
            self._sockets = SocketMode(bolt, self.slack, settings.app_token, timeouts, self.watching)
        else:
            receive = SlackEndpoint(
                bolt, settings.signing_secret, clock, self._refusals, self.watching
            ).receive
        self._late_after = timedelta(minutes=settings.late_minutes)
        self.readiness = Readiness(self.store, clock, self.sender, self._sockets, self._late_after)
        metrics_apart = settings.metrics_port is not None
        self._web_app = create_web_app(
            receive,
            self.readiness.check,
            None if metrics_apart else self._metrics,
            self._find_feed,
            self._fetch_picture,
            PrivacyEndpoint(notice, settings.language),
            CertificateEndpoint(self._fetch_certificate, self._verify_certificate),
            DownloadEndpoint(self._show_download, self._fetch_download, settings.language),
            self._refusals,
        )
        self._days_planned_at: datetime | None = None
        self._runners: list[web.BaseRunner] = []
        self.port = settings.port
        self.metrics_port = settings.metrics_port
        self.on_started: Callable[[], None] = lambda: None

    @property
    def public_url(self) -> str | None:
        """Kaiku's public address; None means no calendar links. The demo sets it once it has started."""
        return self._links.public_url

    @public_url.setter
    def public_url(self, url: str | None) -> None:
        self._links.public_url = url

    async def start(self) -> None:
        """Check the database and the settings, then listen. Raises StartError."""
        load_catalogue(self.settings.language)
        library = self._library if self._library is not None else require_library()
        await self._when_reachable(lambda: asyncio.to_thread(require_current_schema, self.store))
        if self.kaiku.vault is None:
            log.warning(
                "KAIKU_SECRET_KEY is not set: no prompts are sent and no reflections stored. Make a key with "
                "`kaiku keys new`.",
                extra={"action": "reflections_off"},
            )
        if gaps := self.kaiku.notice.gaps:
            log.warning(
                "programmes/privacy.yml is not finished, and people read that it is not: fill in %s",
                ", ".join(fields_of(gaps)),
                extra={"action": "privacy_notice_unfinished"},
            )
        await self.slack.start()  # first, because messages planned from here on wake the sender
        await self._when_reachable(self._prepare_store)
        try:
            await self.housekeeping.keep_token()
        except TokenSealedError:
            raise StartError("start.token_sealed") from None
        outcome = await self.slack.introduce()
        if isinstance(outcome, Refused) and outcome.reason in TOKEN_REFUSED:
            raise StartError("start.token_refused", reason=outcome.reason)
        if self.slack.bot.is_org_wide and not self.settings.team_id:
            raise StartError("start.no_team")
        if not isinstance(outcome, Sent):
            log.warning(
                "Slack has not said who we are: %s. Until it does, nobody new may join.",
                outcome.reason,
                extra={"action": "slack_away"},
            )
        self.port = await self._listen(self._web_app, self.settings.port, "KAIKU_PORT")
        if self.metrics_port is not None:
            metrics = create_metrics_app(self._metrics, self._refusals)
            self.metrics_port = await self._listen(metrics, self.metrics_port, "KAIKU_METRICS_PORT")
        await self._when_reachable(lambda: self._catch_up(library))
        if self._scheduler is not None:
            self.sender.begin()
            self._scheduler.start()
        if self._sockets is not None:
            await self._connect(self._sockets)
        self.watching.start()
        log.info("listening on %s:%s", self.settings.host, self.port, extra={"action": "started"})
        self.on_started()

    async def _prepare_store(self) -> None:
        now = self.kaiku.clock.now()
        await self.store.read(require_live)
        if self.kaiku.vault is not None:
            await self.store.read(require_fitting_secret, self.kaiku.vault)
        await self.store.run(note_notice, self.kaiku.notice, self.kaiku.defaults.timezone, now)
        await self.store.run(keep_from_settings, self.kaiku.coordinators, now)

    async def _catch_up(self, library: Library) -> None:
        """Catch up on what changed while no Kaiku ran. Clicks are answered meanwhile."""
        now = self.kaiku.clock.now()
        await self.store.run(keep_series, library, now)
        await self.store.run(addresses.keep_addresses, now)
        await self.store.run(keep_news, now)
        await self.store.run(keep_draws, now)
        await self.store.run(keep_notes, now)
        await self.store.run(chain_all, self._signer)
        await self.store.finish_erasures(at_start=True)  # a killed process may have left traces of an erasure

    async def _when_reachable(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do this with the database; while that is away or locked, wait and log it."""
        pause = FIRST_WAIT
        while True:
            try:
                await work()
            except (DatabaseAwayError, StoreUnavailableError) as error:
                log.warning(
                    "waiting for the database, %.0f s: %s", pause, error, extra={"action": "database_away"}
                )
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_WAIT)
            else:
                return

    async def stop(self) -> None:
        """Accept nothing new, finish what is in progress, release everything."""
        if self._sockets is not None:
            await self._sockets.stop()
        for runner in reversed(self._runners):
            await runner.cleanup()
        self._refusals.close()
        self.watching.stop()
        await self.kaiku.stop()
        await self.kaiku.pictures.stop()
        if self._scheduler is not None:
            await self._scheduler.stop()
        else:
            await self.sender.drain()
        await self.slack.stop()
        self.store.close()
        log.info("stopped", extra={"action": "stopped"})

    async def _listen(self, web_app: web.Application, port: int, setting: str) -> int:
        """Serve on this port; returns the port, which 0 lets the system choose. Raises StartError."""
        runner = web.AppRunner(web_app)
        await runner.setup()
        bounded = web.ServerRunner(BoundedServer(runner, self._refusals), shutdown_timeout=5)
        await bounded.setup()
        self._runners += [runner, bounded]
        try:
            await web.TCPSite(bounded, self.settings.host, port, backlog=BACKLOG).start()
        except OSError as error:
            where = f"{self.settings.host}:{port}"
            raise StartError("start.no_port", where=where, reason=error.strerror, setting=setting) from None
        found: int = bounded.addresses[0][1]
        return found

    async def _connect(self, sockets: SocketMode) -> None:
        try:
            await sockets.start()
        except SlackUnavailableError as error:
            await self.stop()
            raise why_no_socket(error.reason) from None

    async def _plan_prompts(self, now: datetime) -> int:
        if self._days_planned_at is None or abs(now - self._days_planned_at) >= DAYS_PLANNED_EVERY:
            self._days_planned_at = now
            if await self.store.read(days_to_tell, now):
                await self.store.run(plan_days, now)
            if await self.store.read(months_to_tell, now):
                await self.store.run(plan_months, now)
        return await plan_all_stale(self.store, self.kaiku.defaults, now)

    async def _find_feed(self, token: str, code: str | None) -> Feed | None:
        return await self.store.read(feed_of, token, code)

    async def _fetch_picture(self, token: str) -> tuple[bytes, bool] | None:
        async def load(code: str) -> OfferingTimeline:
            return await self.store.read(load_offering_timeline, code, self.kaiku.clock.now())

        return await self.kaiku.pictures.fetch(token, load)

    async def _fetch_certificate(self, token: str) -> bytes | None:
        certified = await self.store.read(by_token, token)
        if certified is None:
            return None
        url = self._links.verification(certified.code)
        return await asyncio.to_thread(certificate_pdf, certified, url, self.kaiku.clock.now())

    async def _verify_certificate(self, code: str) -> str | None:
        certified = await self.store.read(by_code, code)
        return verify_page(certified) if certified is not None else None

    async def _show_download(self, token: str, language: str | None) -> DownloadPage | None:
        return await self.store.read(
            downloads.show, self._files, self.kaiku.defaults, token, language, self.kaiku.clock.now()
        )

    async def _fetch_download(
        self, token: str, file_format: FileFormat, language: str | None
    ) -> downloads.FileToFetch | None:
        now = self.kaiku.clock.now()
        return await self.store.run(
            downloads.fetch, self._files, self.kaiku.defaults, token, file_format, language, now
        )

    async def _metrics(self) -> bytes:
        figures = await self.store.read_apart(load_figures, self.kaiku.clock.now())
        return await asyncio.to_thread(
            render_metrics,
            figures,
            self.sender.tally,
            self.sender.access.refusal,
            self._late_after,
            self.watching,
            self.housekeeping.expired,
        )


def _calendar_tokens(settings: Settings) -> CalendarTokens:
    """Without KAIKU_SECRET_KEY the bot token keeps calendars' addresses secret."""
    known = (settings.secret_key, settings.previous_secret_key, settings.bot_token.encode())
    return CalendarTokens(tuple(each for each in known if each is not None))
