"""One run: an unreliable Slack, troubles around the processes, and then the workspace's own record counted."""

import asyncio
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.engine import URL

from bot.domain.deliveries import DeliveryState
from faults.data import people_for, prepare
from faults.database_line import DatabaseLine
from faults.troubles import ROOT, MachineClock, Troubles, Workers, environment_for
from faults.worker import CHECKS_LEASE, LOOKS_FIRST
from sandbox import Workspace, WorkspaceServer
from sandbox.faults import RandomFaults
from storage import tables
from storage.engine import Store

OPEN = (DeliveryState.PLANNED, DeliveryState.SENDING)


@dataclass(frozen=True)
class Plan:
    """What to run, with how many of which troubles. ``looks_first`` or ``checks_lease`` False is a control: then
    messages must come twice."""

    messages: int
    processes: int
    troubles: dict[str, int] = field(default_factory=dict)
    seed: int = 7
    rate: float = 0.3
    slow_seconds: float = 0.5
    looks_first: bool = True
    checks_lease: bool = True
    until_doubled: bool = False
    """Whether the run ends with the first duplicate: for a short control."""
    at_most_seconds: float = 900.0


@dataclass(frozen=True)
class Verdict:
    """The messages that the workspace saw, and the deliveries left open; ``troubles`` counts those caused,
    ``faults`` those of the workspace."""

    messages: int
    lost: int
    duplicated: int
    still_open: int
    troubles: dict[str, int]
    faults: int
    seconds: float

    @property
    def holds(self) -> bool:
        return self.lost == self.duplicated == self.still_open == 0


async def run(address: str, plan: Plan) -> Verdict:
    """Send everything through the faults and the troubles; count what arrived."""
    store = await asyncio.to_thread(prepare, address, plan.messages)
    workspace = workspace_for(people_for(plan.messages))
    faults = RandomFaults(plan.rate, plan.seed, plan.slow_seconds)
    workspace.random_faults, workspace.slow_seconds = faults.next, plan.slow_seconds
    server = WorkspaceServer(workspace)
    await server.start()
    line, url = await line_to(store.url)
    with tempfile.TemporaryDirectory() as folder:
        clock = MachineClock(Path(folder, "clock"))
        controls = {LOOKS_FIRST: _said(plan.looks_first), CHECKS_LEASE: _said(plan.checks_lease)}
        workers = Workers(environment_for(url, workspace, server.api_url, clock, **controls))
        troubles = Troubles(plan.troubles, plan.seed, workers, workspace, clock, store, line)
        began = time.monotonic()
        await workers.start_all(plan.processes)
        while time.monotonic() - began < plan.at_most_seconds:
            await asyncio.sleep(0.1)
            still_open = await asyncio.to_thread(count_open, store)
            if still_open == 0 or (plan.until_doubled and doubled(workspace)):
                break
            # Troubles are spread over the run by its progress; its last part is undisturbed.
            done, had = plan.messages - still_open, troubles.total - len(troubles.left)
            if troubles.left and done >= had * plan.messages / (troubles.total + 1):
                await troubles.next()
        seconds = time.monotonic() - began
        await workers.stop()
    verdict = count(store, workspace, plan.messages, troubles.had, faults.count, seconds)
    await server.stop()
    if line is not None:
        await line.stop()
    store.close()
    return verdict


def workspace_for(people: list[str]) -> Workspace:
    workspace = Workspace.load(manifest=ROOT / "manifest.yml", people=ROOT / "sandbox/people.yml")
    for number, name in enumerate(people):
        workspace.change_person({"id": name, "name": f"Henkilö {number}"})
    return workspace


async def line_to(url: URL) -> tuple[DatabaseLine | None, URL]:
    """A proxy that can be cut, and the address through it; None for SQLite."""
    if url.get_backend_name() == "sqlite":
        return None, url
    line = DatabaseLine(url)
    return line, url.set(host="127.0.0.1", port=await line.start())


def _said(holds: bool) -> str:
    return "yes" if holds else "no"


def count_open(store: Store) -> int:
    with store.read_transaction() as tx:
        query = text("select count(*) from delivery where state in ('planned', 'sending')")
        return int(tx.execute(query).scalar_one())


def arrived(workspace: Workspace) -> Counter[int]:
    """The number of messages in the workspace by delivery."""
    return Counter(
        int(message["metadata"]["event_payload"]["id"])
        for messages in workspace.data["messages"].values()
        for message in messages
        if message["metadata"]
    )


def doubled(workspace: Workspace) -> int:
    return sum(number - 1 for number in arrived(workspace).values())


def count(
    store: Store, workspace: Workspace, messages: int, troubles: dict[str, int], faults: int, seconds: float
) -> Verdict:
    found = arrived(workspace)
    with store.read_transaction() as tx:
        # Deliveries still open when the time is up are not lost: they are counted separately.
        settled = list(tx.scalars(select(tables.Delivery.c.id).where(tables.Delivery.c.state.not_in(OPEN))))
    return Verdict(
        messages=messages,
        lost=sum(found[delivery_id] == 0 for delivery_id in settled),
        duplicated=doubled(workspace),
        still_open=count_open(store),
        troubles=troubles,
        faults=faults,
        seconds=seconds,
    )
