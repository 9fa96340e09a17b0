"""Requests to the endpoint, signed as Slack signs them."""

import hashlib
import hmac
from urllib.parse import urlencode

import aiohttp

from tests.support.running import Running

SECRET = "local-workspace-signing-secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def signed(body: bytes, at: float, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def command(text: str = "help", trigger: str = "1.2.3") -> bytes:
    return urlencode(
        {
            "command": "/kaiku",
            "text": text,
            "user_id": "UAINO",
            "user_name": "aino",
            "team_id": "T1",
            "channel_id": "C1",
            "trigger_id": trigger,
        }
    ).encode()


async def post(
    kaiku: Running,
    body: bytes,
    headers: dict[str, str],
    content_type: str = FORM,
) -> tuple[int, str]:
    address = f"http://127.0.0.1:{kaiku.app.port}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body, headers=headers | {"Content-Type": content_type}) as response,
    ):
        return response.status, await response.text()


def now(kaiku: Running) -> float:
    return kaiku.clock.now().timestamp()
