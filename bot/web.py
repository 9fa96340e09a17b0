"""The HTTP side: what Slack posts, people's calendars, and whether Kaiku is well.

Requests are verified on their raw bytes before Bolt parses them, so that junk never gets further
than here: 401 for what is not provably Slack's and fresh, 400 for what can't be read.
"""

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier
from yarl import query_to_pairs

from bot.clock import Clock
from bot.quick_bolt import QuickBolt, is_whole
from bot.services.calendars.feed import Feed
from bot.services.calendars.ics import is_known
from bot.services.prompts.timeline_pictures import DrawingError
from bot.views.calendars import no_such_calendar
from storage.engine import StoreUnavailableError

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
"""Bytes; Slack's own payloads stay far below (a view is at most 250 kB)."""

FRESH_SECONDS = 5 * 60
"""Slack's rule: an older or younger request may be a replay."""

EVENTS_PATH = "/slack/events"
CALENDAR_PATH = "/calendar/{token}.ics"
TIMELINE_PATH = "/timeline/{token}.png"
A_YEAR = 365 * 24 * 3600


class SlackDoor:
    """Lets in what Slack signed, once."""

    def __init__(self, app: QuickBolt, signing_secret: str, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._verifier = SignatureVerifier(signing_secret, clock=_EpochClock(clock))
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def receive(self, request: web.Request) -> web.Response:
        """``POST /slack/events``: commands, clicks, submissions and events alike."""
        body = await request.read()
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._is_genuine(body, request.headers.get("X-Slack-Request-Timestamp", ""), signature):
            return _refused(401, "signature")
        try:
            payload = _payload(body.decode("utf-8"), request.content_type)
        except (ValueError, RecursionError):
            return _refused(400, "unreadable")
        if not self._is_new(signature):
            return _refused(401, "replay")
        answer = await self._app.answer(payload)
        if answer.status >= 500:
            self._seen.pop(signature, None)  # not done: Slack's retry must get in
        headers = {
            name: values[0] for name, values in answer.headers.items() if name.lower() != "content-length"
        }
        return web.Response(status=answer.status, text=answer.body or "", headers=headers)

    def _is_genuine(self, body: bytes, timestamp: str, signature: str) -> bool:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            return False
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except (UnicodeError, ValueError):
            return False

    def _is_new(self, signature: str) -> bool:
        now = self._clock.now().timestamp()
        while self._seen and next(iter(self._seen.values())) < now - 2 * FRESH_SECONDS:
            self._seen.popitem(last=False)
        if signature in self._seen:
            return False
        self._seen[signature] = now
        return True


class _EpochClock(SdkClock):
    """Our clock, in the shape slack_sdk's verifier asks for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


def _payload(text: str, content_type: str) -> dict[str, Any]:
    """What Slack posted: JSON, a form, or JSON in a form's ``payload``. Raises ValueError or RecursionError
    for what Bolt would stumble over."""
    payload: Any
    if content_type == "application/json":
        payload = json.loads(text)
    else:
        payload = dict(query_to_pairs(text))  # parse_qsl in C: Slack escapes half of what it posts
        if "payload" in payload:
            payload = json.loads(payload["payload"])
    if not isinstance(payload, dict) or not is_whole(payload):
        raise ValueError("not what Slack posts")
    return payload


def _refused(status: int, why: str) -> web.Response:
    log.warning("request refused: %s", why, extra={"action": "request_refused", "why": why})
    return web.Response(status=status, text=why)


class CalendarDoor:
    """Gives out calendars to whoever knows their address. Nothing here may log that address."""

    def __init__(self, find_feed: Callable[[str, str | None], Awaitable[Feed | None]]) -> None:
        self._find_feed = find_feed

    async def fetch(self, request: web.Request) -> web.Response:
        """``GET /calendar/<token>.ics``: all of the person's sessions; ``?offering=CODE``: those of one."""
        code = request.query.get("offering")
        try:
            feed = await self._find_feed(request.match_info["token"], code)
        except StoreUnavailableError:
            return web.Response(status=503, text="database", headers={"Retry-After": "60"})
        if feed is None:
            return web.Response(status=404, text=no_such_calendar(), headers={"Cache-Control": "no-store"})
        # Weak: it stands for what the calendar says; another Kaiku may write the same in other bytes.
        headers = {"ETag": f"W/{feed.etag}", "Cache-Control": "private, max-age=300"}
        if is_known(feed.etag, request.headers.get("If-None-Match")):
            return web.Response(status=304, headers=headers)
        if code is not None:
            headers["Content-Disposition"] = f'attachment; filename="{code}.ics"'
        body = await asyncio.to_thread(feed.write)
        return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)


class TimelineDoor:
    """Gives out pictures of timelines at addresses that Kaiku made."""

    def __init__(self, fetch_picture: Callable[[str], Awaitable[tuple[bytes, bool] | None]]) -> None:
        self._fetch_picture = fetch_picture

    async def fetch(self, request: web.Request) -> web.Response:
        """``GET /timeline/<token>.png``. What has changed since the address was made is shown as it is."""
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


def create_web_app(
    door: SlackDoor | None,
    is_ready: Callable[[], Awaitable[str | None]],
    read_metrics: Callable[[], Awaitable[bytes]],
    find_feed: Callable[[str, str | None], Awaitable[Feed | None]],
    fetch_picture: Callable[[str], Awaitable[tuple[bytes, bool] | None]],
) -> web.Application:
    """The routes. Without a ``door`` nothing is taken from Slack here: Socket Mode brings it. ``is_ready``
    answers None, or in a word what is missing."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_: web.Request) -> web.Response:
        missing = await is_ready()
        return web.Response(
            text="ready" if missing is None else missing, status=200 if missing is None else 503
        )

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=await read_metrics(), content_type="text/plain", charset="utf-8")

    app = web.Application(client_max_size=MAX_BODY)
    if door is not None:
        app.router.add_post(EVENTS_PATH, door.receive)
    app.router.add_get(CALENDAR_PATH, CalendarDoor(find_feed).fetch)
    app.router.add_get(TIMELINE_PATH, TimelineDoor(fetch_picture).fetch)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    return app
