"""The door of the app: signed POSTs as Slack sends them, and each noted in the traffic log."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from sandbox.workspace import Json, Workspace

ACK_SECONDS = 3.0
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """The app's HTTP answer. ``status`` is None when none came; ``error`` is then operation_timeout or
    dispatch_failed, which is also what a status other than 2xx comes to."""

    status: int | None
    body: str
    content_type: str
    ms: int
    error: str | None
    retry: bool = True


@dataclass(slots=True)
class AppDoor:
    """Knocks at ``app_url``; waits ``ack_seconds`` of real time for an answer."""

    workspace: Workspace
    app_url: str
    ack_seconds: float = ACK_SECONDS
    _session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post_form(self, form: Json, what: str) -> Answer:
        return await self._post(urlencode(form).encode(), FORM, what, form)

    async def post_payload(self, payload: Json) -> Answer:
        """An interaction: JSON in a form's one field."""
        body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
        return await self._post(body, FORM, payload["type"], payload)

    async def post_json(self, envelope: Json, what: str, headers: dict[str, str] | None = None) -> Answer:
        body = json.dumps(envelope).encode()
        return await self._post(body, "application/json", what, envelope, headers)

    def sign(self, body: bytes) -> dict[str, str]:
        """Slack's signature by the workspace's clock: the app checks it by the same one, unless skewed."""
        stamp = str(int((self.workspace.clock.now() + self.workspace.skew).timestamp()))
        secret = self.workspace.signing_secret.encode()
        digest = hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    async def _post(
        self, body: bytes, content_type: str, what: str, shown: Json, headers: dict[str, str] | None = None
    ) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        sent = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0",
            **self.sign(body),
            **(headers or {}),
        }
        began = time.monotonic()
        status, text, kind, error, why, retry = None, "", "", None, None, True
        try:
            async with asyncio.timeout(self.ack_seconds):
                async with self._session.post(
                    self.app_url, data=body, headers=sent, allow_redirects=False
                ) as got:
                    status, kind = got.status, got.content_type
                    text = (await got.read()).decode(errors="replace")
                    retry = got.headers.get("X-Slack-No-Retry") != "1"
        except TimeoutError:
            error = why = "operation_timeout"
        except (aiohttp.ClientError, ValueError) as failure:
            error, why = "dispatch_failed", type(failure).__name__
        if status is not None and not 200 <= status < 300 and error is None:
            error, why = "dispatch_failed", f"http_{status}"
        ms = int((time.monotonic() - began) * 1000)
        self.workspace.note(
            {
                "direction": "to_app", "what": what, "ok": error is None, "error": why, "ms": ms,
                "request": shown, "response": text,
            }
        )  # fmt: skip
        return Answer(status if error != "operation_timeout" else None, text, kind, ms, error, retry)
