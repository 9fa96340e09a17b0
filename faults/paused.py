"""A process that is really stopped between its claim and its send, until its lease has gone."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from faults.data import prepare
from faults.run import arrived, count_open, line_to, workspace_for
from faults.troubles import MachineClock, Workers, environment_for
from faults.worker import CHECKS_LEASE, STOPS
from sandbox import WorkspaceServer
from storage import tables
from storage.engine import Store

MESSAGES = 12
PATIENCE = 60.0


@dataclass(frozen=True)
class Paused:
    """How many messages a stopped process had claimed, and how many of them came twice."""

    claimed: int
    doubled: int


async def run_paused(address: str, *, checks_lease: bool) -> Paused:
    """One process claims and is stopped (SIGSTOP); another sends everything once the lease has gone; then the
    first goes on (SIGCONT)."""
    store = await asyncio.to_thread(prepare, address, MESSAGES)
    workspace = workspace_for(MESSAGES)
    server = WorkspaceServer(workspace)
    await server.start()
    line, url = await line_to(store.url)
    with tempfile.TemporaryDirectory() as folder:
        clock = MachineClock(Path(folder, "clock"))
        environment = environment_for(url, workspace, server.api_url, clock)
        stopping = Workers(environment | {STOPS: "yes", CHECKS_LEASE: "yes" if checks_lease else "no"}, [])
        other = Workers(environment, [])
        await stopping.start_all(1)
        victim = stopping.running[0].pid
        await until(lambda: is_stopped(victim))
        claimed = await asyncio.to_thread(count_claimed, store)
        await other.start_all(1)
        await until(lambda: count_open(store) == 0)
        before = arrived(workspace)
        await stopping.stop()  # SIGCONT first, and the round that it was in comes to its end
        await other.stop()
    doubled = sum(arrived(workspace).values()) - sum(before.values())
    await server.stop()
    if line is not None:
        await line.stop()
    store.close()
    return Paused(claimed, doubled)


async def until(holds) -> None:
    began = time.monotonic()
    while not await asyncio.to_thread(holds):
        assert time.monotonic() - began < PATIENCE, "it does not come to that"
        await asyncio.sleep(0.05)


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "T"


def count_claimed(store: Store) -> int:
    with store.read_transaction() as tx:
        return len(tx.scalars(select(tables.Delivery.id).where(tables.Delivery.state == "sending")).all())
