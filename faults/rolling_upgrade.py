"""``make rolling-upgrade``: two versions side by side on one PostgreSQL database, under load, with nothing lost.

The code as it was at the tag before-issue-18 serves; people take seats all the while. The schema is upgraded under
it, this code starts beside it, both serve, and the old one is stopped. At the end everybody who was told that the
seat is theirs has it, once, and a confirmation is owed or was sent. KAIKU_BENCH_POSTGRES names a database that may
be emptied.
"""

import asyncio
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text

from bench import servers
from bench.load import OneClient, submission_body
from bench.seed import ROOMY, user_id
from bench.slack_stub import start_stub
from storage.engine import parse_database_url

TAG = "before-issue-18"
PEOPLE = 1_500
SECONDS_EACH = 6.0
SEATED = b"The seat is yours"
SEED = (
    "import sys; from bench.seed import fill; from bot.services.people.agency_book import read_agencies; "
    "fill(sys.argv[1], read_agencies(), int(sys.argv[2]))"
)


@dataclass
class Load:
    """People who take a seat one after another, from whichever process serves."""

    running: list[servers.Server]
    told: list[str] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    slowest: float = 0.0
    _next: int = 0
    _goes_on: bool = True

    def run(self) -> None:
        while self._goes_on and self._next < PEOPLE:
            for server in tuple(self.running):
                user = user_id(self._next)
                self._next += 1
                client = OneClient(server.port)
                took, answer = client.send(submission_body(user, ROOMY))
                client.close()
                self.slowest = max(self.slowest, took)
                if SEATED in answer:
                    self.told.append(user)
                else:
                    self.refused.append(answer)
            time.sleep(0.005)

    def stop(self) -> None:
        self._goes_on = False


@contextmanager
def old_code() -> Iterator[Path]:
    """A folder with the code as it was, in the same Python environment."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "old")
        tree.mkdir()
        _run(["git", "archive", "--output", f"{folder}/old.tar", TAG], servers.ROOT)
        with tarfile.open(f"{folder}/old.tar") as archive:
            archive.extractall(tree, filter="data")
        yield tree


async def run(address: str) -> list[str]:
    """Run the upgrade; returns the failures, a line each."""
    stub, api = await start_stub()
    try:
        with old_code() as old, tempfile.TemporaryDirectory() as logs:
            return await asyncio.to_thread(_upgrade_under_load, address, api, old, Path(logs, "log"))
    finally:
        await stub.cleanup()


def _upgrade_under_load(address: str, api: str, old: Path, log: Path) -> list[str]:
    _python(old, ["-c", SEED, address, str(PEOPLE)])
    with servers.kaiku(api, address, log, root=old) as first:
        load = Load([first])
        with _in_background(load):
            time.sleep(SECONDS_EACH)
            print(f"old alone: {len(load.told)} seats; slowest {load.slowest:.2f} s")
            _python(servers.ROOT, ["-m", "bot", "db", "upgrade"], KAIKU_DATABASE_URL=address)
            time.sleep(SECONDS_EACH)
            print(f"old on the new schema: {len(load.told)} seats; slowest {load.slowest:.2f} s")
            with servers.kaiku(api, address, log) as second:
                load.running.append(second)
                time.sleep(SECONDS_EACH)
                print(f"both: {len(load.told)} seats; slowest {load.slowest:.2f} s")
                load.running.remove(first)
                time.sleep(SECONDS_EACH)
                print(f"new alone: {len(load.told)} seats; slowest {load.slowest:.2f} s")
                load.stop()
                time.sleep(1)
    return _lost(address, load)


def _lost(address: str, load: Load) -> list[str]:
    engine = create_engine(parse_database_url(address))
    with engine.connect() as connection:
        seated = Counter(
            connection.scalars(text("select person_id from enrolment where status = 'seated'")).all()
        )
        confirmed = set(
            connection.scalars(text("select recipient from delivery where kind = 'confirmation'"))
        )
    engine.dispose()
    wrong = [f"{user} was told a seat and has {seated[user]}" for user in load.told if seated[user] != 1]
    wrong += [f"{user} has a seat and is owed no confirmation" for user in load.told if user not in confirmed]
    wrong += [f"refused: {answer[:120]!r}" for answer in load.refused]
    if load.slowest > 3:
        wrong.append(f"the slowest answer took {load.slowest:.1f} s: Slack waits 3 s")
    return wrong


@contextmanager
def _in_background(load: Load) -> Iterator[None]:
    from threading import Thread  # noqa: PLC0415

    thread = Thread(target=load.run)
    thread.start()
    try:
        yield
    finally:
        load.stop()
        thread.join()


def _python(folder: Path, words: list[str], **settings: str) -> None:
    _run([sys.executable, *words], folder, **settings)


def _run(words: list[str], folder: Path, **settings: str) -> None:
    subprocess.run(words, cwd=folder, env=os.environ | settings, check=True)  # noqa: S603 - words of our own


def main() -> int:
    address = os.environ.get("KAIKU_BENCH_POSTGRES")
    if not address:
        print("Set KAIKU_BENCH_POSTGRES to a database that may be emptied.", file=sys.stderr)
        return 2
    wrong = asyncio.run(run(address))
    print("\n".join(wrong[:20]) or "Nothing was lost.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
