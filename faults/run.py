"""One run: an unreliable Slack, processes killed at random, and then the workspace's own record counted."""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select, text

from sandbox import Workspace, WorkspaceServer
from sandbox.faults import RandomFaults
from storage import tables
from storage.engine import Store, parse_database_url
from storage.migrate import downgrade, upgrade

ROOT = Path(__file__).parent.parent
EACH = 4
"""Messages to one person."""


@dataclass(frozen=True)
class Plan:
    """What to run. ``looks_first`` False is the control: then messages must come twice."""

    messages: int
    kills: int
    processes: int
    seed: int = 7
    rate: float = 0.3
    slow_seconds: float = 1.5
    looks_first: bool = True
    at_most_seconds: float = 900.0


@dataclass(frozen=True)
class Verdict:
    """What the workspace saw, and what is left open; ``calls`` and ``faults`` it was asked and gave."""

    messages: int
    lost: int
    duplicated: int
    still_open: int
    kills: int
    faults: int
    seconds: float

    @property
    def holds(self) -> bool:
        return self.lost == self.duplicated == self.still_open == 0


def prepare(address: str, messages: int) -> Store:
    """An empty database with so many real confirmations of real enrolments due."""
    url = parse_database_url(address)
    if url.get_backend_name() != "sqlite":
        downgrade(url, "base")
    upgrade(url)
    store, now = Store(url), datetime.now(UTC)
    people = [f"UF{n}" for n in range(max(messages // EACH, 1))]
    with store.transaction() as tx:
        tx.execute(
            insert(tables.Programme).values(id=1, code="p", title={"fi": "p"}, timezone="Europe/Helsinki")
        )
        tx.execute(insert(tables.Strand).values(id=1, programme_id=1, number=1, title={"fi": "s"}))
        for n in range(EACH):
            tx.add(
                tables.Offering(
                    id=n + 1,
                    strand_id=1,
                    code=f"offering-{n}",
                    position=n,
                    kind="group",
                    title={"fi": f"Ryhmä {n}"},
                    summary={"fi": "-"},
                    capacity=len(people),
                    seats_per_agency=len(people),
                    agency_seats={},
                    facilitators=[],
                )
            )
        tx.flush()
        known = {"language": "fi", "timezone": "Europe/Helsinki", "agency": "vero", "role": "expert"}
        tx.execute(
            insert(tables.Person), [{"id": name, "name": name, "met_at": now} | known for name in people]
        )
        pairs = [(offering, name) for offering in range(EACH) for name in people][:messages]
        seated = {"agency": "vero", "status": "seated", "enrolled_at": now, "changed_at": now, "told_at": now}
        tx.execute(
            insert(tables.Enrolment),
            [
                {"id": n, "offering_id": offering + 1, "person_id": name} | seated
                for n, (offering, name) in enumerate(pairs, start=1)
            ],
        )
        owed = {"kind": "confirmation", "state": "planned", "due_at": now, "planned_at": now}
        tx.execute(
            insert(tables.Delivery),
            [
                {"recipient": name, "subject": f"offering-{offering}", "occurrence": str(n)} | owed
                for n, (offering, name) in enumerate(pairs, start=1)
            ],
        )
    return store


async def run(address: str, plan: Plan) -> Verdict:
    """Send everything through the faults and the kills; count what arrived."""
    store = await asyncio.to_thread(prepare, address, plan.messages)
    workspace = Workspace.load(manifest=ROOT / "manifest.yml", people=ROOT / "sandbox/people.yml")
    for n in range(max(plan.messages // EACH, 1)):
        workspace.change_person({"id": f"UF{n}", "name": f"Henkilö {n}"})
    faults = RandomFaults(plan.rate, plan.seed, plan.slow_seconds)
    workspace.random_faults, workspace.slow_seconds = faults.next, plan.slow_seconds
    server = WorkspaceServer(workspace)
    await server.start()
    environment = {
        **os.environ,
        "KAIKU_DATABASE_URL": address,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_API_URL": server.api_url,
        "LOOKS_FIRST": "yes" if plan.looks_first else "no",
    }
    began, kills = time.monotonic(), 0
    chance = random.Random(plan.seed)
    workers = [await _start(environment) for _ in range(plan.processes)]
    while time.monotonic() - began < plan.at_most_seconds:
        await asyncio.sleep(chance.uniform(0.2, 2.0))
        still_open = await asyncio.to_thread(count_open, store)
        if still_open == 0:
            break
        # Kills are spread over the run by how much is done; the rest of it must come to its end in peace.
        if kills < plan.kills and plan.messages - still_open >= kills * plan.messages / (plan.kills + 1):
            victim = chance.randrange(len(workers))
            workers[victim].kill()
            await workers[victim].wait()
            workers[victim] = await _start(environment)
            kills += 1
    for worker in workers:
        worker.terminate()
        await worker.wait()
    verdict = _count(store, workspace, plan, kills, faults.count, time.monotonic() - began)
    await server.stop()
    store.close()
    return verdict


async def _start(environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "faults.worker", cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL
    )


def count_open(store: Store) -> int:
    with store.read_transaction() as tx:
        query = text("select count(*) from delivery where state in ('planned', 'sending')")
        return int(tx.execute(query).scalar_one())


def _count(
    store: Store, workspace: Workspace, plan: Plan, kills: int, faults: int, seconds: float
) -> Verdict:
    arrived = Counter(
        message["metadata"]["event_payload"]["id"]
        for messages in workspace.data["messages"].values()
        for message in messages
        if message["metadata"]
    )
    with store.read_transaction() as tx:
        owed = [str(delivery_id) for delivery_id in tx.scalars(select(tables.Delivery.id))]
    return Verdict(
        messages=plan.messages,
        lost=sum(arrived[delivery_id] == 0 for delivery_id in owed),
        duplicated=sum(number - 1 for number in arrived.values() if number > 1),
        still_open=count_open(store),
        kills=kills,
        faults=faults,
        seconds=seconds,
    )
