"""Signed Slack requests over bare sockets, so that the client costs little beside the measured server."""

import asyncio
import hashlib
import hmac
import http.client
import itertools
import json
import time
from urllib.parse import urlencode

SECRET = "bench-signing-secret"
TOKEN = "xoxb-bench"

_trigger = itertools.count()
"""Slack never signs the same bytes twice: each request has its own trigger id."""


def command_body(user: str, text: str) -> bytes:
    return urlencode(
        {
            "token": "x", "team_id": "T1", "team_domain": "bench", "channel_id": "C1", "channel_name": "yleinen",
            "user_id": user, "user_name": user.lower(), "command": "/kaiku", "text": text, "api_app_id": "A1",
            "is_enterprise_install": "false", "response_url": "https://hooks.slack.com/x", "trigger_id": f"1.2.{next(_trigger)}",
        }
    ).encode()  # fmt: skip


def submission_body(user: str, code: str) -> bytes:
    view = {
        "id": "V1", "team_id": "T1", "type": "modal", "callback_id": "offering.join_form", "private_metadata": code,
        "state": {"values": {}}, "hash": "1.x", "title": {"type": "plain_text", "text": "x"}, "blocks": [],
        "root_view_id": "V1", "app_id": "A1", "bot_id": "B1",
    }  # fmt: skip
    payload = {
        "type": "view_submission", "team": {"id": "T1", "domain": "bench"}, "user": {"id": user, "name": user.lower()},
        "api_app_id": "A1", "token": "x", "trigger_id": f"1.2.{next(_trigger)}", "view": view, "response_urls": [],
    }  # fmt: skip
    return urlencode({"payload": json.dumps(payload)}).encode()


FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def headers_for(body: bytes, kind: str = FORM) -> dict[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


class OneClient:
    """One person after another over one kept-alive connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def send(self, body: bytes, kind: str = FORM) -> tuple[float, bytes]:
        """Send and wait; seconds it took, and the answer."""
        headers = headers_for(body, kind)
        began = time.perf_counter()
        self._connection.request("POST", "/slack/events", body, headers)
        response = self._connection.getresponse()
        answer = response.read()
        took = time.perf_counter() - began
        assert response.status == 200, (response.status, answer)
        return took, answer

    def close(self) -> None:
        self._connection.close()


async def together(port: int, bodies: list[bytes], clients: int) -> float:
    """Several clients at once, each with its share of ``bodies`` over one kept-alive connection. Returns
    requests a second."""
    connections = await asyncio.gather(*(_connect(port) for _ in range(clients)))
    began = time.perf_counter()
    await asyncio.gather(
        *(
            _one_after_another(reader, writer, bodies[n::clients])
            for n, (reader, writer) in enumerate(connections)
        )
    )
    return len(bodies) / (time.perf_counter() - began)


async def _one_after_another(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bodies: list[bytes]
) -> None:
    for body in bodies:
        writer.write(_request(body, "keep-alive"))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


async def rush(ports: list[int], bodies: list[bytes]) -> list[tuple[float, bytes]]:
    """Everybody at once, each on a connection of their own; seconds from the common start, and answers."""
    connections = await asyncio.gather(*(_connect(ports[n % len(ports)]) for n in range(len(bodies))))
    requests = [_request(body, "close") for body in bodies]
    began = time.perf_counter()
    return await asyncio.gather(
        *(
            _one(began, reader, writer, request)
            for (reader, writer), request in zip(connections, requests, strict=True)
        )
    )


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


def _request(body: bytes, connection: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers_for(body).items()]
    lines += ["Host: 127.0.0.1", f"Content-Length: {len(body)}", f"Connection: {connection}"]
    return ("POST /slack/events HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _one(
    began: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> tuple[float, bytes]:
    writer.write(request)
    answer = await reader.read()
    took = time.perf_counter() - began
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    return took, answer.partition(b"\r\n\r\n")[2]
