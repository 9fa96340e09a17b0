"""Troubles of the processes while they send: one after another, chosen from a seed."""

import asyncio
import os
import random
import resource
import signal
import struct
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from faults.database_line import DatabaseLine
from faults.worker import AS_SET, LEASE
from sandbox import Workspace
from storage.engine import Store

ROOT = Path(__file__).parent.parent
AN_HOUR, A_DAY = 3600.0, 86400.0
WHILE = 1.0
"""Seconds that something stays wrong."""

NAME = "kaiku_faults"
"""Of the workers' connections to PostgreSQL."""


class MachineClock:
    """The clock that all workers share: its offset is in shared memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_off(0.0)

    def set_off(self, seconds: float) -> None:
        if not self.path.exists():
            self.path.write_bytes(bytes(8))
        with self.path.open("r+b") as file:
            file.write(struct.pack("d", seconds))


@dataclass
class Workers:
    """The processes. ``environment`` is what each starts with."""

    environment: dict[str, str]
    running: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "faults.worker",
            cwd=ROOT,
            # Whose disk is "full" would cut its compiled modules short, for every later start.
            env=self.environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def start_all(self, number: int) -> None:
        self.running = [await self.start() for _ in range(number)]

    async def replace(self, victim: int) -> None:
        """Kill the process with SIGKILL, and start a new one."""
        self.running[victim].kill()
        await self.running[victim].wait()
        self.running[victim] = await self.start()

    async def stop(self) -> None:
        for worker in self.running:
            worker.send_signal(signal.SIGCONT)
            worker.terminate()
        for worker in self.running:
            await worker.wait()


class Troubles:
    """``next`` makes the next one happen, and returns when it is over."""

    def __init__(
        self,
        planned: dict[str, int],
        seed: int,
        workers: Workers,
        workspace: Workspace,
        clock: MachineClock,
        store: Store,
        line: DatabaseLine | None,
    ) -> None:
        self._chance = random.Random(seed)
        self._workers, self._workspace, self._clock = workers, workspace, clock
        self._store, self._line = store, line
        self.left = [name for name, times in planned.items() for _ in range(times)]
        self._chance.shuffle(self.left)
        self.total = len(self.left)
        self.had: dict[str, int] = {}

    async def next(self) -> None:
        name = self.left.pop()
        self.had[name] = self.had.get(name, 0) + 1
        await TROUBLES[name](self)

    async def kill(self) -> None:
        await self._workers.replace(self._victim())

    async def pause(self) -> None:
        """Stop a process until its lease has expired, as on a suspended or overloaded machine."""
        victim = self._workers.running[self._victim()]
        victim.send_signal(signal.SIGSTOP)
        await asyncio.sleep(LEASE.total_seconds() + 0.5)
        victim.send_signal(signal.SIGCONT)

    async def restart_database(self) -> None:
        """Break every connection, and refuse new ones for a while."""
        assert self._line is not None, "PostgreSQL only"
        self._line.close()
        query = text("select pg_terminate_backend(pid) from pg_stat_activity where application_name = :name")
        with self._store.transaction() as tx:
            tx.execute(query, {"name": NAME})
        await asyncio.sleep(WHILE)
        self._line.open()

    async def set_clock(self) -> None:
        """Set the clock ahead or back by an hour or a day, and then right again."""
        self._clock.set_off(self._chance.choice((AN_HOUR, A_DAY, -AN_HOUR, -A_DAY)))
        await asyncio.sleep(WHILE)
        self._clock.set_off(0.0)

    async def revoke_token(self) -> None:
        self._workspace.token_refused = "token_revoked"  # noqa: S105
        await asyncio.sleep(WHILE)
        self._workspace.token_refused = None

    async def fill_disk(self) -> None:
        """Keep processes from writing to files, as with a full disk, but without root."""
        for worker in self._workers.running:
            _limit_files(worker.pid, 0)
        await asyncio.sleep(WHILE)
        for worker in self._workers.running:
            _limit_files(worker.pid, resource.RLIM_INFINITY)

    def _victim(self) -> int:
        return self._chance.randrange(len(self._workers.running))


TROUBLES: dict[str, Callable[[Troubles], Awaitable[None]]] = {
    "kill": Troubles.kill,
    "pause": Troubles.pause,
    "restart": Troubles.restart_database,
    "clock": Troubles.set_clock,
    "revoke": Troubles.revoke_token,
    "full disk": Troubles.fill_disk,
}


def all_troubles(kills: int, others: int, *, sqlite: bool) -> dict[str, int]:
    """How often each happens. A full disk is SQLite's to survive, a restart PostgreSQL's."""
    own = "full disk" if sqlite else "restart"
    return {"kill": kills} | dict.fromkeys(("pause", "clock", "revoke", own), others)


def _limit_files(pid: int, most: int) -> None:
    with suppress(ProcessLookupError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))


def environment_for(
    address: URL, workspace: Workspace, api_url: str, clock: MachineClock, **more: str
) -> dict[str, str]:
    if address.get_backend_name() != "sqlite":
        address = address.update_query_dict({"application_name": NAME})
    return {
        **os.environ,
        "KAIKU_DATABASE_URL": address.render_as_string(hide_password=False),
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_API_URL": api_url,
        AS_SET: str(clock.path),
        **more,
    }
