"""Slack's requests over HTTP: bounded, verified on the raw bytes, well-formed, then dispatched.

Whatever can be refused by its headers is refused before its body is read. 401 for requests that are not
provably Slack's and fresh, 400 for those that can't be parsed, and never a traceback for either.
"""

import asyncio
import re
import time
from collections import OrderedDict
from typing import Any

from aiohttp import StreamReader, web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier
from yarl import query_to_pairs

from bot.clock import Clock
from bot.http_server import MAX_BODY, RefusalLog, has_arrived
from bot.request import RequestMark, begin_request, end_request
from bot.slack.dispatch import MalformedPayloadError, dispatch, parse_json, without_unstorable
from bot.tracing import span
from bot.watching import Watching, kind_of, outcome_of

BODY_SECONDS = 10.0
"""From the end of the headers to the end of the body. Slack waits 3 s for the whole answer."""

FRESH_SECONDS = 5 * 60
"""Slack's rule: a request with an older or later timestamp may be a replay."""

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class SlackEndpoint:
    """Accepts each request that Slack signed, once."""

    def __init__(
        self, bolt: AsyncApp, signing_secret: str, clock: Clock, refusals: RefusalLog, watching: Watching
    ) -> None:
        self._bolt = bolt
        self._clock = clock
        self._refusals = refusals
        self._watching = watching
        self._verifier = SignatureVerifier(signing_secret, clock=_EpochClock(clock))
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def receive(self, request: web.Request) -> web.Response:
        """``POST /slack/events``: commands, clicks, submissions and events alike."""
        began, status = time.perf_counter(), 500
        mark, token = begin_request()
        with span("request", id=mark.id) as note:
            try:
                response = await self._receive(request, mark)
                status = response.status
            finally:
                seconds = time.perf_counter() - began
                self._watching.note_request(mark, status, seconds)
                note(kind=mark.kind, outcome=outcome_of(mark, status, seconds))
                end_request(token)  # a new context for the connection's next request
        return response

    async def _receive(  # noqa: PLR0911 - one return for each refusal
        self, request: web.Request, mark: RequestMark
    ) -> web.Response:
        signature = request.headers.get("X-Slack-Signature", "")
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        if not (_SIGNATURE.fullmatch(signature) and self._is_fresh(timestamp)):
            return self._refuse(401, "signature")
        try:
            body = await _read(request.content)
        except TimeoutError:
            return self._refuse(408, "slow")
        except (web.RequestPayloadError, ConnectionError):
            return self._refuse(400, "body")
        if body is None:
            return self._refuse(413, "large")
        if not self._is_genuine(body, timestamp, signature):
            return self._refuse(401, "signature")
        has_arrived(request)
        mark.kind = "other"
        try:
            payload = _payload(body.decode("utf-8"), request.headers.get("Content-Type", ""))
        except (ValueError, RecursionError):
            return self._refuse(400, "unreadable")
        if payload.get("ssl_check") == "1":
            return web.Response()  # Slack checks the TLS certificate; nothing to do
        if not self._is_new(signature):
            return self._refuse(401, "replay")
        try:
            mark.kind = kind_of(payload)
            answer = await dispatch(self._bolt, payload)
        except MalformedPayloadError:
            return self._refuse(400, "malformed")
        if answer.status >= 500:
            self._seen.pop(signature, None)  # not done: Slack's retry must be accepted
        headers = {
            name: values[0] for name, values in answer.headers.items() if name.lower() != "content-length"
        }
        return web.Response(status=answer.status, text=answer.body or "", headers=headers)

    def _refuse(self, status: int, why: str) -> web.Response:
        self._refusals.count(why)
        return web.Response(status=status, text=why)

    def _is_fresh(self, timestamp: str) -> bool:
        if not _TIMESTAMP.fullmatch(timestamp):
            return False
        return abs(self._clock.now().timestamp() - int(timestamp)) <= FRESH_SECONDS

    def _is_genuine(self, body: bytes, timestamp: str, signature: str) -> bool:
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except UnicodeError:
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
    """Kaiku's clock with the interface of slack_sdk's verifier."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


async def _read(content: StreamReader) -> bytes | None:
    """The body, whose length may be unknown; None when it is too large. Raises TimeoutError."""
    body, chunk = bytearray(), b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while chunk := await content.readany():
                body += chunk
                if len(body) > MAX_BODY:
                    return None
        return bytes(body)
    finally:
        # The exception's traceback keeps both in memory until the next garbage collection.
        body.clear()
        chunk = b""


def _payload(text: str, content_type: str) -> dict[str, Any]:
    """Parse the body: JSON, a form, or JSON in a form's ``payload``. Raises ValueError or RecursionError."""
    payload: Any
    if content_type.partition(";")[0].strip().lower() == "application/json":
        payload = parse_json(text)
    else:
        payload = dict(query_to_pairs(text))  # parse_qsl in C: Slack escapes half of what it posts
        if "payload" in payload:
            payload = parse_json(payload["payload"])
        elif "%00" in text:
            payload = without_unstorable(payload)
    if not isinstance(payload, dict) or not isinstance(payload.get("event", {}), dict):
        raise ValueError("not what Slack posts")  # Bolt looks into the event of whatever has one
    return payload
