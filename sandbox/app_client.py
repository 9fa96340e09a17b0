"""Sends requests to the app as Slack does: signed POSTs, or envelopes on a WebSocket; each is logged."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import NamedTuple

import aiohttp
from yarl import URL

from sandbox.socket_mode import NotConnectedError, SocketMode
from sandbox.workspace import Json, Workspace

ACK_SECONDS = 3.0
FORM = "application/x-www-form-urlencoded"
RETRY_NUM = "X-Slack-Retry-Num"


@dataclass(frozen=True, slots=True)
class Answer:
    """The app's answer: an HTTP response, or an ack in the shape of one.

    ``status`` is None if none came; ``error`` is then operation_timeout or dispatch_failed, and also for
    a status other than 2xx. ``retry``: whether an event that failed should be sent again.
    """

    status: int | None
    body: str
    content_type: str
    ms: int
    error: str | None
    retry: bool = True


class _Reply(NamedTuple):
    status: int | None = None
    body: str = ""
    content_type: str = ""
    retry: bool = True


@dataclass(slots=True)
class AppClient:
    """Posts to ``app_url``, or if it is empty sends on one of the app's ``sockets``; waits ``ack_seconds`` of
    real time for an answer."""

    workspace: Workspace
    sockets: SocketMode
    app_url: str
    ack_seconds: float = ACK_SECONDS
    _session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        await self.sockets.stop()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post_form(self, form: Json, what: str) -> Answer:
        return await self._send("slash_commands", form, _form(form), FORM, what, {})

    async def post_payload(self, payload: Json) -> Answer:
        """Post an interaction: over HTTP, JSON in a form's one field."""
        body = _form({"payload": json.dumps(payload)})
        return await self._send("interactive", payload, body, FORM, payload["type"], {})

    async def post_json(self, envelope: Json, what: str, headers: dict[str, str] | None = None) -> Answer:
        """Post an event; ``headers`` mark a retry."""
        body = json.dumps(envelope).encode()
        return await self._send("events_api", envelope, body, "application/json", what, headers or {})

    def sign(self, body: bytes) -> dict[str, str]:
        """Slack's signature by the workspace's clock, which the app's check shares unless ``skew`` is set."""
        stamp = str(int((self.workspace.clock.now() + self.workspace.skew).timestamp()))
        secret = self.workspace.signing_secret.encode()
        digest = hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    async def _send(
        self, kind: str, content: Json, body: bytes, content_type: str, what: str, headers: dict[str, str]
    ) -> Answer:
        began = time.monotonic()
        reply, error, why = _Reply(), None, None
        try:
            async with asyncio.timeout(self.ack_seconds):
                if self.app_url:
                    reply = await self._post(body, content_type, headers)
                else:
                    reply = await self._push(kind, content, int(headers.get(RETRY_NUM, 0)))
        except TimeoutError:
            error = why = "operation_timeout"
        except NotConnectedError:
            error, why = "dispatch_failed", "not_connected"
            reply = _Reply(retry=False)  # Slack does not keep it until the app is back
        except (aiohttp.ClientError, ConnectionError, ValueError) as failure:
            error, why = "dispatch_failed", type(failure).__name__
        if reply.status is not None and not 200 <= reply.status < 300:
            error, why = "dispatch_failed", f"http_{reply.status}"
        ms = int((time.monotonic() - began) * 1000)
        self.workspace.note(
            {
                "direction": "to_app", "what": what, "ok": error is None, "error": why, "ms": ms,
                "request": content, "response": reply.body,
            }
        )  # fmt: skip
        return Answer(reply.status, reply.body, reply.content_type, ms, error, reply.retry)

    async def _post(self, body: bytes, content_type: str, headers: dict[str, str]) -> _Reply:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        sent = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **self.sign(body), **headers}
        async with self._session.post(self.app_url, data=body, headers=sent, allow_redirects=False) as got:
            text = (await got.read()).decode(errors="replace")
            return _Reply(got.status, text, got.content_type, got.headers.get("X-Slack-No-Retry") != "1")

    async def _push(self, kind: str, content: Json, retry_attempt: int) -> _Reply:
        given = await self.sockets.deliver(kind, content, retry_attempt)
        return _Reply(200, "" if given is None else json.dumps(given), "application/json")


def _form(fields: Json) -> bytes:
    """As the standard library's ``urlencode``, which takes ten times as long for a long form."""
    return URL.build(query=fields).raw_query_string.encode()
