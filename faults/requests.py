"""``make faults ARGS=requests``: hostile requests against a running Kaiku, while honest ones go on.

Signed requests with parts changed, a stranger's requests, and a siege: connections that say nothing, bodies that
don't end, bodies that are too large, compressed ones. Nothing may be answered with a 5xx, an honest command is
answered within a second all the while, memory stays below 200 MB, and the log short and free of strangers' words.
"""

import asyncio
import gzip
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bench.load import command_body, headers_for
from bench.seed import fill, user_id
from bench.servers import Server, kaiku
from bench.slack_stub import start_stub
from bot.services.people.agency_book import read_agencies
from faults.hostile import FORM, TOKEN, signed_requests, unsigned_requests

CLIENTS = 16
MAX_SECONDS, MAX_MB, MAX_LOG = 1.0, 200.0, 256 * 1024
SIEGE_SECONDS = 8.0


@dataclass
class Outcome:
    """The outcome of a run. ``answers`` by phase and status; 0 is a connection closed without an answer."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    honest: dict[str, list[float]] = field(default_factory=dict)
    honest_failed: int = 0
    most_mb: dict[str, float] = field(default_factory=dict)
    log: bytes = b""

    @property
    def faults(self) -> list[str]:
        """The failed expectations, in a few words each."""
        found = [
            f"{count} x {status} in {phase}"
            for (phase, status), count in self.answers.items()
            if status >= 500
        ]
        if self.honest_failed:
            found.append(f"{self.honest_failed} honest requests failed")
        found += [
            f"{max(took):.2f} s in {phase}" for phase, took in self.honest.items() if max(took) > MAX_SECONDS
        ]
        found += [f"{most:.0f} MB in {phase}" for phase, most in self.most_mb.items() if most > MAX_MB]
        if len(self.log) > MAX_LOG:
            found.append(f"{len(self.log)} bytes of log")
        found += [f"{what} in the log" for what in (TOKEN, "Traceback") if what.encode() in self.log]
        return found


def run(signed: int, unsigned: int, seed: int) -> int:
    """Print the figures; returns 1 if an expectation failed."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(_run(Path(folder), signed, unsigned, seed))
    for phase in outcome.honest:
        took = sorted(outcome.honest[phase])
        counts = {status: count for (of, status), count in sorted(outcome.answers.items()) if of == phase}
        print(
            f"{phase:10}honest: {len(took):6,} p50 {took[len(took) // 2] * 1000:6.1f} ms"
            f" slowest {took[-1] * 1000:7.1f} ms"
            f" memory {outcome.most_mb[phase]:4.0f} MB   answers: {counts}"
        )
    lines = len(outcome.log.splitlines())
    print(f"log {len(outcome.log):,} bytes in {lines} lines")
    print("BROKEN: " + "; ".join(outcome.faults) if outcome.faults else "Held.")
    return 1 if outcome.faults else 0


async def _run(folder: Path, signed: int, unsigned: int, seed: int) -> Outcome:
    outcome = Outcome()
    stub, api = await start_stub()
    database, log = f"sqlite:///{folder / 'requests.db'}", folder / "kaiku.log"
    await asyncio.to_thread(fill, database, read_agencies(), 2)
    running = kaiku(api, database, log)
    server = await asyncio.to_thread(running.__enter__)
    try:
        async with _honest(server, outcome, "signed"):
            await _all(server.port, _signed(signed, seed), "signed", outcome)
        async with _honest(server, outcome, "unsigned"):
            await _all(server.port, islice(unsigned_requests(seed), unsigned), "unsigned", outcome)
        for phase, siege in _sieges().items():
            async with _honest(server, outcome, phase), AsyncExitStack() as held:
                for number, request in enumerate(siege):
                    await held.enter_async_context(_held(server.port, request))
                    if number % 50 == 0:
                        await asyncio.sleep(0)
                await asyncio.sleep(SIEGE_SECONDS)
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)
        await stub.cleanup()
    outcome.log = log.read_bytes()
    return outcome


def _signed(number: int, seed: int) -> Iterator[bytes]:
    return (_request(body, content_type) for body, content_type in islice(signed_requests(seed), number))


def _request(body: bytes, content_type: str) -> bytes:
    headers = headers_for(body) | {"Content-Type": content_type}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
    return head.encode() + body


def _sieges() -> dict[str, list[bytes]]:
    """The sieges by name: beginnings of requests whose connections are then held open."""
    signature = b"X-Slack-Signature: v0=%b\r\nX-Slack-Request-Timestamp: %d\r\n" % (b"0" * 64, time.time())
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" + signature
    bomb = gzip.compress(bytes(900_000_000), 1)[: 917 * 1024]
    return {
        "silent": [b""] * 1005,
        "slow head": [b"GET / HTTP/1.1\r\nX: " + b"x" * 3000] * 500,
        "held": [head + b"Content-Length: 1048576\r\n\r\n" + bytes(1_000_000)] * 500,
        "large": [head + b"Content-Length: 10485760\r\n\r\n" + bytes(2_000_000)] * 120,
        "gzip": [head + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb] * 100,
    }


async def _all(port: int, requests: Iterator[bytes], phase: str, outcome: Outcome) -> None:
    async def client() -> None:
        for request in requests:
            _, status = await _send(port, request)
            outcome.answers[phase, status] += 1

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


async def _send(port: int, request: bytes) -> tuple[float, int]:
    began = time.perf_counter()
    answer, writer = b"", None
    try:
        async with asyncio.timeout(30):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            answer = await reader.read()
    except OSError:  # closed at once, or a time-out: no answer
        pass
    finally:
        if writer is not None:
            writer.close()
    status = answer.split(maxsplit=2)[1] if answer.startswith(b"HTTP/") else b"0"
    return time.perf_counter() - began, int(status)


@asynccontextmanager
async def _held(port: int, request: bytes) -> AsyncIterator[None]:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        yield
    finally:
        writer.close()


@asynccontextmanager
async def _honest(server: Server, outcome: Outcome, phase: str) -> AsyncIterator[None]:
    """Ask ``/kaiku mine`` twenty times a second meanwhile."""
    took = outcome.honest.setdefault(phase, [])

    async def ask() -> None:
        while True:
            seconds, status = await _send(server.port, _request(command_body(user_id(1), "mine"), FORM))
            took.append(seconds)
            outcome.honest_failed += status != 200
            outcome.most_mb[phase] = max(outcome.most_mb.get(phase, 0.0), server.memory_mb() or 0.0)
            await asyncio.sleep(0.05)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
