"""Kaiku as the README starts it, and the bare Bolt app, each in processes of their own."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import SECRET, TOKEN

ROOT = Path(__file__).parent.parent
START_LIMIT = 60.0
"""Seconds after which a server that does not answer is given up."""


@dataclass(frozen=True)
class Server:
    """One running process. ``ready_after``: seconds from start to the first sign of readiness."""

    pid: int
    port: int
    ready_after: float

    def memory_mb(self) -> float | None:
        """Resident memory in MB (10^6 bytes is not meant: 1 MB is 1,024 kB); None where /proc is not."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@contextmanager
def kaiku(api_url: str, database: str, log: Path, root: Path = ROOT) -> Iterator[Server]:
    """``python -m bot run`` of the code in ``root``, stopped at the end."""
    words = ["-m", "bot", "run"]
    with _running(words, "/readyz", api_url, log, root, KAIKU_DATABASE_URL=database) as server:
        yield server


@contextmanager
def several(number: int, api_url: str, database: str, log: Path) -> Iterator[list[Server]]:
    """Several Kaikus on one database."""
    with ExitStack() as stack:
        yield [stack.enter_context(kaiku(api_url, database, log)) for _ in range(number)]


@contextmanager
def bare(api_url: str, log: Path) -> Iterator[Server]:
    """The bare Bolt app."""
    with _running(["-m", "bench.bare_app"], "/", api_url, log) as server:
        yield server


@contextmanager
def _running(
    arguments: list[str], path: str, api_url: str, log: Path, root: Path = ROOT, **more: str
) -> Iterator[Server]:
    port = _free_port()
    environment = os.environ | {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api_url,
        "KAIKU_PORT": str(port),
        **more,
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the first start compiles, as a deployment does
    began = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=root, env=environment, stdout=output, stderr=output
        )
    try:
        _wait_until_answering(process, port, path, log)
        yield Server(process.pid, port, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_answering(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    """Wait until the port answers ``path`` without a server error."""
    deadline = time.perf_counter() + START_LIMIT
    while time.perf_counter() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_LIMIT)
        try:
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return
        except OSError:
            pass  # not listening yet
        finally:
            connection.close()
        time.sleep(0.005)
    raise SystemExit(f"a server did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
