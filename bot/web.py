"""The HTTP routes: Slack's requests, calendars, pictures, the privacy notice, health and metrics."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.domain.downloads import CONTENT_TYPES, DownloadPage, FileFormat
from bot.domain.errors import KaikuError
from bot.domain.language import LANGUAGES, accepted_language
from bot.domain.privacy import PrivacyNotice
from bot.http_server import MAX_BODY, RefusalLog, has_arrived, has_head, log_failure, set_headers
from bot.i18n import Words, words_for
from bot.services.calendars.feed import Feed
from bot.services.calendars.ics import is_known
from bot.services.downloads import FileToFetch, NoSuchFormatError
from bot.services.prompts.timeline_pictures import DrawingError
from bot.version import VERSION
from bot.views.calendars import no_such_calendar
from bot.views.completion.page import PAGE as VERIFY_PAGE
from bot.views.completion.page import verify_page
from bot.views.download_page import FORMAT, download_page, gone_page, refused_page
from bot.views.download_page import PAGE as DOWNLOAD_PAGE
from bot.views.privacy_page import PAGE as PRIVACY_PAGE
from bot.views.privacy_page import privacy_page
from storage.engine import StoreUnavailableError

EVENTS_PATH = "/slack/events"
CALENDAR_PATH = "/calendar/{token}.ics"
CERTIFICATE_PATH = "/certificate/{token}.pdf"
VERIFY_PATH = "/certificate/{code}"
DOWNLOAD_PATH = "/download/{token}"
TIMELINE_PATH = "/timeline/{token}.png"
METRICS_PATH = "/metrics"
PRIVACY_PATH = "/privacy"
BODY_SECONDS = 10.0
A_YEAR = 365 * 24 * 3600

METRICS_SHARE = 10
"""Metrics are cached for this many times the time it took to count them: counting takes at most a tenth of a
thread."""

_CODE = re.compile(r"[\w.-]{1,64}")


def _language_of(request: web.Request) -> str | None:
    """The language chosen on the page, if any."""
    chosen = request.query.get("lang")
    return chosen if chosen in LANGUAGES else None


class CalendarEndpoint:
    """Serves calendars at secret addresses, which must never be logged."""

    def __init__(self, find_feed: Callable[[str, str | None], Awaitable[Feed | None]]) -> None:
        self._find_feed = find_feed

    async def fetch(self, request: web.Request) -> web.Response:
        """``GET /calendar/<token>.ics``: all sessions of the person; with ``?offering=CODE`` those of one
        offering."""
        code = request.query.get("offering")
        if code is not None and not _CODE.fullmatch(code):
            return web.Response(status=404, text=no_such_calendar(), headers={"Cache-Control": "no-store"})
        try:
            feed = await self._find_feed(request.match_info["token"], code)
        except StoreUnavailableError:
            return web.Response(status=503, text="database", headers={"Retry-After": "60"})
        if feed is None:
            return web.Response(status=404, text=no_such_calendar(), headers={"Cache-Control": "no-store"})
        # Weak: another version of Kaiku may write the same calendar in other bytes.
        headers = {"ETag": f"W/{feed.etag}", "Cache-Control": "private, max-age=300"}
        if is_known(feed.etag, request.headers.get("If-None-Match")):
            return web.Response(status=304, headers=headers)
        if code is not None:
            headers["Content-Disposition"] = f'attachment; filename="{code}.ics"'
        body = await asyncio.to_thread(feed.write)
        return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)


class CertificateEndpoint:
    """Serves certificates at secret addresses, which must never be logged, and says in public whether a code
    is valid."""

    def __init__(
        self,
        fetch_pdf: Callable[[str], Awaitable[bytes | None]],
        verify: Callable[[str], Awaitable[str | None]],
    ) -> None:
        self._fetch_pdf = fetch_pdf
        self._verify = verify

    async def fetch(self, request: web.Request) -> web.Response:
        """``GET /certificate/<token>.pdf``: as attendance stands now."""
        try:
            pdf = await self._fetch_pdf(request.match_info["token"])
        except StoreUnavailableError:
            return web.Response(status=503, text="database", headers={"Retry-After": "60"})
        if pdf is None:
            return self._page(verify_page(None), status=404)
        headers = {"Content-Disposition": 'inline; filename="certificate.pdf"'}
        return web.Response(body=pdf, content_type="application/pdf", headers=headers)

    async def verify(self, request: web.Request) -> web.Response:
        """``GET /certificate/<code>``: programme, year, hours and initials; 404 for an unknown code."""
        try:
            page = await self._verify(request.match_info["code"])
        except StoreUnavailableError:
            return web.Response(status=503, text="database", headers={"Retry-After": "60"})
        return self._page(page if page is not None else verify_page(None), status=200 if page else 404)

    @staticmethod
    def _page(page: str, status: int) -> web.Response:
        headers = {"Content-Security-Policy": VERIFY_PAGE.policy, "X-Robots-Tag": "noindex"}
        return web.Response(
            status=status, text=page, content_type="text/html", charset="utf-8", headers=headers
        )


def _format_of(typed: object) -> FileFormat:
    """Raises NoSuchFormatError."""
    try:
        return FileFormat(str(typed))
    except ValueError:
        raise NoSuchFormatError from None


class DownloadEndpoint:
    """Serves files at secret addresses, which must never be logged: a GET shows what is there, a POST
    delivers it, once. A mail scanner that follows the link burns nothing."""

    def __init__(
        self,
        show: Callable[[str, str | None], Awaitable[DownloadPage | None]],
        fetch: Callable[[str, FileFormat, str | None], Awaitable[FileToFetch | None]],
        language: str,
    ) -> None:
        self._show, self._fetch = show, fetch
        self._default = language

    async def show(self, request: web.Request) -> web.Response:
        """``GET /download/<token>``."""
        try:
            page = await self._show(request.match_info["token"], _language_of(request))
        except StoreUnavailableError:
            return web.Response(status=503, text="database", headers={"Retry-After": "60"})
        except KaikuError:
            return self._page(refused_page(self._words(request)), status=403)
        if page is None:
            return self._page(gone_page(self._words(request)), status=410)
        return self._page(download_page(page, words_for(page.language, page.timezone)))

    async def deliver(self, request: web.Request) -> web.Response:
        """``POST /download/<token>`` with the format in the body."""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                typed = await request.post()
        except TimeoutError:
            return web.Response(status=408, text="slow")
        has_arrived(request)
        try:
            file_format = _format_of(typed.get(FORMAT))
            found = await self._fetch(request.match_info["token"], file_format, _language_of(request))
        except NoSuchFormatError:
            return web.Response(status=400, text="no such format")
        except StoreUnavailableError:
            return web.Response(status=503, text="database", headers={"Retry-After": "60"})
        except KaikuError:
            return self._page(refused_page(self._words(request)), status=403)
        if found is None:
            return self._page(gone_page(self._words(request)), status=410)
        body = await asyncio.to_thread(found.write, file_format)
        headers = {
            "Content-Type": CONTENT_TYPES[file_format],
            "Content-Disposition": f'attachment; filename="{found.name}.{file_format}"',
            "Referrer-Policy": "no-referrer",
        }
        return web.Response(body=body, headers=headers)

    def _words(self, request: web.Request) -> Words:
        chosen = _language_of(request)
        spoken = chosen or accepted_language(request.headers.get("Accept-Language", ""), self._default)
        return words_for(spoken, "UTC")

    @staticmethod
    def _page(page: str, status: int = 200) -> web.Response:
        headers = {
            "Content-Security-Policy": DOWNLOAD_PAGE.policy,
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
        }
        return web.Response(
            status=status, text=page, content_type="text/html", charset="utf-8", headers=headers
        )


class TimelineEndpoint:
    """Serves pictures of timelines at signed addresses."""

    def __init__(self, fetch_picture: Callable[[str], Awaitable[tuple[bytes, bool] | None]]) -> None:
        self._fetch_picture = fetch_picture

    async def fetch(self, request: web.Request) -> web.Response:
        """``GET /timeline/<token>.png``. If the timeline has changed since, the picture shows it as it is
        now."""
        try:
            found = await self._fetch_picture(request.match_info["token"])
        except StoreUnavailableError:
            return web.Response(status=503, text="database", headers={"Retry-After": "60"})
        except DrawingError:
            return web.Response(status=503, text="not drawn", headers={"Retry-After": "60"})
        if found is None:
            return web.Response(status=404, text="no such picture", headers={"Cache-Control": "no-store"})
        png, is_the_one_named = found
        kept = f"private, max-age={A_YEAR}, immutable" if is_the_one_named else "no-store"
        return web.Response(body=png, content_type="image/png", headers={"Cache-Control": kept})


class PrivacyEndpoint:
    """Serves the privacy notice to everybody, in the language that they read."""

    def __init__(self, notice: PrivacyNotice, language: str) -> None:
        self._default = language
        self._notice = notice
        self._pages: dict[str, bytes] = {}
        """Rendered on the first request: the date formats that they need take 3 MB."""

    async def fetch(self, request: web.Request) -> web.Response:
        """``GET /privacy``: by ``?lang=sv``, else by Accept-Language."""
        language = request.query.get("lang")
        if language not in LANGUAGES:
            language = accepted_language(request.headers.get("Accept-Language", ""), self._default)
        headers = {
            "Cache-Control": "public, max-age=300",
            "Content-Language": language,
            "Content-Security-Policy": PRIVACY_PAGE.policy,
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept-Language",
        }
        if language not in self._pages:
            self._pages[language] = privacy_page(self._notice, words_for(language, "UTC")).encode()
        return web.Response(
            body=self._pages[language], content_type="text/html", charset="utf-8", headers=headers
        )


class MetricsEndpoint:
    """Serves metrics. They are counted by one task at a time and shared by concurrent requests."""

    def __init__(self, read_metrics: Callable[[], Awaitable[bytes]]) -> None:
        self._read = read_metrics
        self._counting: asyncio.Task[bytes] | None = None
        self._stale_at = 0.0

    async def fetch(self, _: web.Request) -> web.Response:
        """``GET /metrics``."""
        loop = asyncio.get_running_loop()
        if self._counting is None or (self._counting.done() and loop.time() >= self._stale_at):
            self._counting = asyncio.create_task(self._count())
        try:
            body = await asyncio.shield(self._counting)  # other requests may wait for the same task
        except StoreUnavailableError:
            return web.Response(status=503, text="database", headers={"Retry-After": "60"})
        return web.Response(body=body, content_type="text/plain", charset="utf-8")

    async def _count(self) -> bytes:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            return await self._read()
        finally:
            self._stale_at = loop.time() + METRICS_SHARE * (loop.time() - began)


def create_web_app(  # noqa: PLR0917 - one a route
    receive: Handler | None,
    is_ready: Callable[[], Awaitable[tuple[bool, str]]],
    read_metrics: Callable[[], Awaitable[bytes]] | None,
    find_feed: Callable[[str, str | None], Awaitable[Feed | None]],
    fetch_picture: Callable[[str], Awaitable[tuple[bytes, bool] | None]],
    privacy: PrivacyEndpoint,
    certificates: CertificateEndpoint,
    downloads: DownloadEndpoint,
    refusals: RefusalLog,
) -> web.Application:
    """The application with all routes. ``receive`` handles Slack's requests; None in Socket Mode.
    ``is_ready`` returns whether Kaiku is ready, and the text of the answer, which names what is missing.
    ``read_metrics`` is None where metrics have a port of their own."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_: web.Request) -> web.Response:
        ready, says = await is_ready()
        return web.Response(text=says, status=200 if ready else 503)

    async def version(_: web.Request) -> web.Response:
        return web.json_response({"version": VERSION})

    app = _bounded_app(refusals)
    if receive is not None:
        app.router.add_post(EVENTS_PATH, receive)
    app.router.add_get(CALENDAR_PATH, CalendarEndpoint(find_feed).fetch)
    app.router.add_get(CERTIFICATE_PATH, certificates.fetch)
    app.router.add_get(VERIFY_PATH, certificates.verify)
    app.router.add_get(DOWNLOAD_PATH, downloads.show)
    app.router.add_post(DOWNLOAD_PATH, downloads.deliver)
    app.router.add_get(TIMELINE_PATH, TimelineEndpoint(fetch_picture).fetch)
    app.router.add_get(PRIVACY_PATH, privacy.fetch)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/version", version)
    if read_metrics is not None:
        app.router.add_get(METRICS_PATH, MetricsEndpoint(read_metrics).fetch)
    return app


def create_metrics_app(read_metrics: Callable[[], Awaitable[bytes]], refusals: RefusalLog) -> web.Application:
    """An application with metrics only, for a port that is not public."""
    app = _bounded_app(refusals)
    app.router.add_get(METRICS_PATH, MetricsEndpoint(read_metrics).fetch)
    return app


def _bounded_app(refusals: RefusalLog) -> web.Application:
    """An application whose routes all refuse compressed and large bodies and answer every error."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        has_head(request)
        if request.headers.get("Content-Encoding", "identity") != "identity":
            refusals.count("compressed")
            return web.Response(status=415, text="compressed")
        if (request.content_length or 0) > MAX_BODY:
            refusals.count("large")
            return web.Response(status=413, text="large")
        if request.method != "POST":
            has_arrived(request)
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception as error:
            log_failure("request failed", error)
            return web.Response(status=500, text="failed")

    async def prepare(_: web.Request, response: web.StreamResponse) -> None:
        set_headers(response)

    app = web.Application(middlewares=[guard])
    app.on_response_prepare.append(prepare)
    return app
