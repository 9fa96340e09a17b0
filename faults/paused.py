"""Processes that are really stopped between their claim and their send, until their leases have expired."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bot.slack.client import SlackClient
from faults.data import people_for, prepare
from faults.run import arrived, count_open, workspace_for
from faults.troubles import MachineClock, Workers, environment_for
from faults.worker import CHECKS_LEASE, STOPS_WITH, TIMEOUT_SECONDS, make_sender
from sandbox import WorkspaceServer
from storage.engine import Store
from storage.tables import Delivery

CLAIMED = 3
PATIENCE = 60.0


@dataclass(frozen=True)
class Paused:
    """The messages that each of two processes had claimed before it was stopped, and those it posted a second
    time afterwards: one process checks its lease before it sends, the control does not."""

    claims: list[set[int]]
    posted: set[int]
    posted_by_control: set[int]


async def run_paused(address: str) -> Paused:
    """Two processes claim and are stopped (SIGSTOP); a third sends everything once the leases have gone; then
    the two go on (SIGCONT)."""
    people = people_for(2 * CLAIMED, each=1)
    store = await asyncio.to_thread(prepare, address, 2 * CLAIMED, each=1)
    workspace = workspace_for(people)
    server = WorkspaceServer(workspace)
    await server.start()
    with tempfile.TemporaryDirectory() as folder:
        clock = MachineClock(Path(folder, "clock"))
        told = environment_for(store.url, workspace, server.api_url, clock)
        stopping = told | {STOPS_WITH: str(CLAIMED)}
        workers = [Workers(stopping | {CHECKS_LEASE: said}) for said in ("yes", "no")]
        await asyncio.gather(*(each.start_all(1) for each in workers))
        for each in workers:
            await until(lambda: is_stopped(each.running[0].pid))  # noqa: B023 - called before the next
        slack = SlackClient(workspace.bot_token, server.api_url, sender_seconds=TIMEOUT_SECONDS)
        await slack.start()
        sender = make_sender(told, store, slack)
        claims = await asyncio.to_thread(claims_by_owner, store)
        while await asyncio.to_thread(count_open, store):
            await sender.tick()
            await asyncio.sleep(0.1)
        posted = []
        for each in workers:
            before = arrived(workspace)
            await each.stop()  # SIGCONT first, so that its current round ends
            posted.append(set(arrived(workspace) - before))
        await sender.drain()
        await slack.stop()
    await server.stop()
    store.close()
    return Paused(claims, *posted)


async def until(holds: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < PATIENCE, "it does not come to that"
        await asyncio.sleep(0.02)


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "T"


def claims_by_owner(store: Store) -> list[set[int]]:
    with store.read_transaction() as tx:
        found = tx.execute(select(Delivery.c.owner, Delivery.c.id).where(Delivery.c.state == "sending")).all()
    return [{row.id for row in found if row.owner == owner} for owner in {row.owner for row in found}]
