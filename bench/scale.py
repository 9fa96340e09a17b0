"""``make bench ARGS=scale``: the growth of costs with people, offerings and messages, on PostgreSQL with
three processes.

Measured with a tenth of everything and with everything: more than tenfold growth is a fault. It writes its
own section of docs/performance.md. KAIKU_BENCH_POSTGRES names a database that may be emptied.
"""

import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as clock_time
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import insert, text

from bench import deliveries, servers
from bench.load import FORM, JSON, TOKEN, OneClient, command_body, submission_body
from bench.seed import TIMEZONE, offering, user_id
from bench.slack_stub import start_stub
from bot.clock import SystemClock
from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.model import Plan, PlannedStrand
from bot.message_kinds import declare_message_kinds
from bot.services.calendars.feed import CalendarLinks
from bot.services.offerings.roster import list_roster
from bot.services.people.agency_book import read_agencies
from bot.services.plan.apply import apply_plan
from bot.services.privacy.notice_file import read_notice
from bot.services.sending.sender import Sender
from bot.slack.client import SlackClient
from storage import tables
from storage.engine import Store, parse_database_url
from storage.migrate import downgrade, upgrade

PAGE = servers.ROOT / "docs" / "performance.md"
HEADING = "## At scale"
LARGEST = "offering-1"
SEATED_OF_THREE = 3
"""The number of offerings in which each person has a seat."""

WARM, ASKED = 15, 150


@dataclass(frozen=True)
class Size:
    people: int
    offerings: int
    deliveries: int

    @property
    def roster(self) -> int:
        return self.people // 10


TENTH, WHOLE = Size(2_000, 30, 100_000), Size(20_000, 300, 1_000_000)


def _plan(size: Size, now: datetime) -> Plan:
    title = {"fi": "Mittaus", "sv": "Mätning", "en": "Bench"}
    offerings = tuple(offering(f"offering-{n}", 100_000, 100_000, now) for n in range(1, size.offerings + 1))
    strands = tuple(
        PlannedStrand(number, title, offerings[start : start + 50])
        for number, start in enumerate(range(0, size.offerings, 50), start=1)
    )
    return Plan("bench", title, TIMEZONE, strands)


def _moved(plan: Plan, starts: clock_time) -> Plan:
    """Move the largest offering: everybody with a seat there is told."""
    first, *others = plan.strands
    largest, *rest = first.offerings
    sessions = tuple(replace(each, starts=starts) for each in largest.sessions)
    offerings = (replace(largest, sessions=sessions), *rest)
    return replace(plan, strands=(replace(first, offerings=offerings), *others))


def _rewritten(plan: Plan) -> Plan:
    """Change every offering's summary: nobody is told, and everything planned is derived again."""
    words = {"fi": "Toisin sanoin", "sv": "Med andra ord", "en": "In other words"}
    strands = (
        replace(strand, offerings=tuple(replace(each, summary=words) for each in strand.offerings))
        for strand in plan.strands
    )
    return replace(plan, strands=tuple(strands))


def _fill(store: Store, size: Size, book: AgencyBook, now: datetime) -> None:
    """People, seats and messages; a tenth of all people have a seat in the first offering."""
    people = [
        {"id": user_id(n), "name": user_id(n), "language": "en", "timezone": TIMEZONE,
         "agency": book.codes[n % len(book.codes)], "role": "expert", "met_at": now}
        for n in range(size.people)
    ]  # fmt: skip
    with store.transaction() as tx:
        ids = list(tx.scalars(text("select id from offering order by id")))
        seats: dict[tuple[int, int], None] = {(ids[0], n): None for n in range(size.roster)}
        for n in range(size.people):
            for step in range(SEATED_OF_THREE):
                seats[ids[1 + (n * SEATED_OF_THREE + step) % (len(ids) - 1)], n] = None
        tx.execute(insert(tables.Person), people)
        rows = [
            {"offering_id": offering, "person_id": user_id(n), "agency": people[n]["agency"],
             "status": "seated", "enrolled_at": now, "changed_at": now, "told_at": now, "seated_at": now}
            for offering, n in seats
        ]  # fmt: skip
        for start in range(0, len(rows), 10_000):
            tx.execute(insert(tables.Enrolment), rows[start : start + 10_000])
    deliveries.add_planned(store, 1, size.deliveries)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze")


class _Told(dict[str, float]):
    """Figures that are printed as soon as they are known: a run takes minutes."""

    def __setitem__(self, name: str, figure: float) -> None:
        super().__setitem__(name, figure)
        print(f"{name}: {figure:.1f}", file=sys.stderr)


async def measure(address: str, size: Size, api: str, folder: Path) -> dict[str, float]:
    """The figures, in milliseconds where not said otherwise."""
    url, book, now, found = parse_database_url(address), read_agencies(), datetime.now(UTC), _Told()
    downgrade(url, "base")
    upgrade(url)
    store = Store(url)
    plan = _plan(size, now)
    with store.transaction() as tx:
        found["plan applied, new, s"] = _seconds(lambda: apply_plan(tx, plan, now))
    await asyncio.to_thread(_fill, store, size, book, now)
    with store.read_transaction() as tx:
        found["roster of a tenth of all, ms"] = 1000 * _seconds(lambda: list_roster(tx, LARGEST))
    found["idle tick, ms"] = await _idle_tick(store, book, api)
    with ExitStack() as stack:
        running = [
            await asyncio.to_thread(stack.enter_context, servers.kaiku(api, address, folder / "log"))
            for _ in range(3)
        ]
        bodies: dict[str, Callable[[int], tuple[bytes, str]]] = {
            "mine": lambda n: (command_body(user_id(n % size.people), "mine"), FORM),
            "Home": lambda n: (_home(user_id(n % size.people)), JSON),
            "list": lambda n: (command_body(user_id(n % size.people), "list"), FORM),
            "a seat": lambda n: (submission_body(user_id(size.people - 1 - n), LARGEST), FORM),
        }
        for name, body in bodies.items():
            took = await _ask(running, body)
            found[f"{name}, p50, ms"] = 1000 * statistics.median(took)
            found[f"{name}, p99, ms"] = 1000 * statistics.quantiles(took, n=100)[98]
        memory = [each.memory_mb() or 0.0 for each in running]
        found["memory of a process, MB"] = max(memory)
    for name, starts in (("moved", clock_time(10)), ("moved again", clock_time(11))):
        with store.transaction() as tx:
            found[f"plan applied, the largest offering {name}, s"] = _seconds(
                lambda plan=_moved(plan, starts): apply_plan(tx, plan, now)
            )
    with store.transaction() as tx:
        found["plan applied, every summary changed, s"] = _seconds(
            lambda: apply_plan(tx, _rewritten(_moved(plan, clock_time(11))), now)
        )
    store.close()
    return found


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


async def _idle_tick(store: Store, book: AgencyBook, api: str) -> float:
    slack = SlackClient(TOKEN, api)
    await slack.start()
    kinds = declare_message_kinds(book, deliveries.DEFAULTS, CalendarLinks(), None, read_notice())
    sender = Sender(store, slack, kinds, deliveries.DEFAULTS, SystemClock())
    try:
        return await deliveries.idle_tick(sender)
    finally:
        await slack.stop()


_event = itertools.count()


def _home(user: str) -> bytes:
    event = {"type": "app_home_opened", "user": user, "channel": f"D{user[1:]}", "tab": "home"}
    body = {
        "type": "event_callback", "token": "x", "team_id": "T1", "api_app_id": "A1", "event": event,
        "event_id": f"Ev{next(_event)}", "event_time": int(time.time()),
        "authorizations": [{"team_id": "T1", "user_id": "UKAIKU", "is_bot": True}],
    }  # fmt: skip
    return json.dumps(body).encode()


async def _ask(running: list[servers.Server], body: Callable[[int], tuple[bytes, str]]) -> list[float]:
    """Send requests one after another, to each process in turn."""
    clients = [OneClient(each.port) for each in running]
    took = []
    for n in range(WARM + ASKED):
        content, kind = body(n)
        seconds, _ = await asyncio.to_thread(clients[n % len(clients)].send, content, kind)
        took.append(seconds)
    for client in clients:
        client.close()
    return took[WARM:]


def as_section(small: dict[str, float], large: dict[str, float], load: tuple[float, float]) -> str:
    lines = [
        f"| {name} | {small[name]:.1f} | {large[name]:.1f} | {large[name] / small[name]:.1f} |"
        for name in large
    ]
    return f"""{HEADING}

Written by `make bench ARGS=scale` on {datetime.now(UTC):%-d %B %Y, %H:%M} UTC; load of the machine {load[0]:.1f} before and
{load[1]:.1f} after, {os.cpu_count()} cores. PostgreSQL, three processes, one request at a time, each process in turn. The first
column has {TENTH.people:,} people, {TENTH.offerings} offerings and {TENTH.deliveries:,} planned messages, the second {WHOLE.people:,}, {WHOLE.offerings} and
{WHOLE.deliveries:,}. Each person has a seat in {SEATED_OF_THREE} offerings, a tenth of them in one and the same. Ten times as much may
take ten times as long. Where the load is more than the cores, the slowest of a hundred waited for the machine.

| what | a tenth | the whole | ratio |
| --- | ---: | ---: | ---: |
{chr(10).join(lines)}

"""


def section_of(page: str) -> str:
    """This section of the page; empty if there is none."""
    _, found, after = page.partition(f"{HEADING}\n")
    return found + after.partition("\n## ")[0] if found else ""


def with_section(page: str, section: str) -> str:
    """The page with this section at its end, instead of the one before."""
    rest = page.replace(section_of(page), "") if section_of(page) else page
    return "\n\n".join(filter(None, (rest.strip("\n"), section.strip("\n")))) + "\n"


async def _run(address: str) -> str:
    stub, api = await start_stub()
    before = os.getloadavg()[0]
    try:
        with tempfile.TemporaryDirectory() as folder:
            small = await measure(address, TENTH, api, Path(folder))
            large = await measure(address, WHOLE, api, Path(folder))
    finally:
        await stub.cleanup()
    return as_section(small, large, (before, os.getloadavg()[0]))


def main() -> int:
    address = os.environ.get("KAIKU_BENCH_POSTGRES")
    if not address:
        print("Set KAIKU_BENCH_POSTGRES to a database that may be emptied.", file=sys.stderr)
        return 2
    section = asyncio.run(_run(address))
    print(section)
    PAGE.write_text(with_section(PAGE.read_text(encoding="utf-8"), section), encoding="utf-8")
    return 0
