"""The run: a real Kaiku beside a local workspace, over HTTP, through a whole year of simulated time.

Time jumps from one moment when something is due to the next: the next delivery, or the next thing that
somebody does. Nothing waits.
"""

import asyncio
import heapq
import logging
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from sqlalchemy import event
from sqlalchemy.engine import URL

from bot.app import App
from bot.demo import demo_settings
from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.model import Plan
from bot.services.offerings.catalogue import load_all_offerings
from bot.services.plan.apply import stored_plan
from bot.services.plan.versions import Origin, Winners, apply_file
from bot.services.plan.writing import write_plan
from bot.services.reflections.vault import new_secret
from rehearsal import looks
from rehearsal.hands import Hands
from rehearsal.looks import Seat
from rehearsal.people import (
    COORDINATOR,
    Act,
    Deed,
    Participant,
    PlanChange,
    cast,
    leader_of,
    plan_changes,
    script,
    year_of,
)
from rehearsal.promises import Broken, Owed, Reader, empty_seats, offers_too_long
from rehearsal.record import Arrival, Complaints, Record, Refusal
from sandbox import StillClock, Workspace, WorkspaceServer
from storage import draws as draw_rows
from storage.engine import Store, parse_database_url
from storage.migrate import upgrade
from storage.sending import claims as claim_rows
from storage.transaction import Tx

ROOT = Path(__file__).parent.parent
PAUSE = timedelta(seconds=5)
"""The pause between rounds of sending while Slack's limits hold something back."""
PATIENCE = 30.0
"""Seconds of real time for an answer: long, because the rehearsal does not measure speed (``make bench``
does)."""
FORGOTTEN_AFTER = timedelta(days=60)
"""After this long the workspace forgets a message's content, so that memory does not grow."""
SECRET_KEY = new_secret()


class Lived(Struct):
    """A simulated year: the plan, the people, the messages, and the final state."""

    plan: Plan
    final: Plan
    people: Sequence[Participant]
    changes: Sequence[PlanChange]
    began: datetime
    ended: datetime
    arrivals: list[Arrival] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    empty: list[Broken] = field(default_factory=list)
    readers: dict[str, Reader] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    absent: set[tuple[str, str, int]] = field(default_factory=set)
    wanted: dict[tuple[str, int], date] = field(default_factory=dict)
    longest_queue: dict[str, int] = field(default_factory=dict)
    deeds: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    offers: list[tuple[str, str, int, int, datetime]] = field(default_factory=list)


Daily = Callable[[App, datetime], Awaitable[None]]
"""Called at the end of every day, also if nothing was due."""

Progress = Callable[[datetime, int, int], None]
"""Called now and then with the time, the number of acts and the number of messages."""


async def rehearse(
    plan: Plan,
    book: AgencyBook,
    *,
    people: int,
    seed: int,
    progress: Progress = lambda *_: None,
    daily: Daily | None = None,
    lives_on: timedelta = timedelta(),
) -> Lived:
    """Simulate the whole year of ``plan`` and some time after it. Raises bot.app.StartError, OSError."""
    participants = cast(book, people, seed)
    began, ended = year_of(plan)
    changes = plan_changes(plan, seed)
    lived = Lived(plan, plan, participants, changes, began, ended + lives_on)
    with tempfile.TemporaryDirectory(prefix="kaiku-rehearsal-") as folder:
        url = parse_database_url(f"sqlite:///{folder}/kaiku.db")
        await asyncio.to_thread(_prepare_database, url, plan, began, seed)
        clock = StillClock(began)
        workspace = Workspace.load(
            manifest=ROOT / "manifest.yml", people=ROOT / "sandbox/people.yml", clock=clock, limits=True
        )
        server = WorkspaceServer(workspace)
        await server.start()
        try:
            record = Record(workspace)
            hands = Hands(server, record, {each.id: each for each in participants}, seed, changes=changes)
            settings = demo_settings(server, url.render_as_string(), SECRET_KEY)
            server.link.ack_seconds = workspace.claims.trigger_seconds = PATIENCE
            app = App(settings, clock, book=book, ticks=False, answer_within=PATIENCE)
            _write_fast(app.store)
            with _heard(record):
                try:
                    await app.start()
                    server.link.app_url = f"http://127.0.0.1:{app.port}/slack/events"
                    await _Year(app, server, clock, record, hands, lived, progress, daily=daily).live(seed)
                finally:
                    await app.stop()
        finally:
            await server.stop()
    return lived


class _Year:
    def __init__(
        self,
        app: App,
        server: WorkspaceServer,
        clock: StillClock,
        record: Record,
        hands: Hands,
        lived: Lived,
        progress: Progress,
        *,
        daily: Daily | None,
    ) -> None:
        self._app, self._store, self._server, self._clock = app, app.store, server, clock
        self._record, self._hands, self._lived, self._progress = record, hands, lived, progress
        self._daily = daily
        self._ahead: list[Act] = []
        self._wanted: dict[int, date] = {}
        self._offered: dict[tuple[str, str], datetime] = {}
        self._zone = ZoneInfo(lived.plan.timezone)
        rules = lived.plan.offers
        self._offer_hours = {each.code: each.offers.over(rules).hours for each in lived.plan.offerings}

    async def live(self, seed: int) -> None:
        lived = self._lived
        self._hands.moves_in()
        self._lead()
        self._record.on_arrival = self._arrived
        changes = [self._act_of(change, n) for n, change in enumerate(lived.changes)]
        self._ahead = [*script(lived.plan, lived.people, seed), *changes]
        heapq.heapify(self._ahead)
        self._wanted = await self._store.read(looks.wanted_days)
        day = self._clock.now().astimezone(self._zone).date()
        while (moment := await self._next_moment()) is not None:
            # Deliveries that are due and still unsent are held back by Slack's limits.
            soonest = self._clock.now() + (PAUSE if moment <= self._clock.now() else timedelta())
            self._clock.move_to(max(moment, soonest))
            while self._ahead and self._ahead[0].at <= self._clock.now():
                await self._do(heapq.heappop(self._ahead))
            await self._app.sender.tick()
            today = self._clock.now().astimezone(self._zone).date()
            if today != day:
                await self._end_of_day(day, today)
                day = today
        await self._look_at_lines()
        lived.arrivals, lived.refusals = self._record.arrivals, self._record.refusals
        lived.deeds, lived.gone = dict(self._hands.done), self._hands.gone
        lived.absent = self._hands.missing
        lived.offers = await self._store.read(looks.list_offers)
        lived.changes = [
            self._hands.desk.made.get(n, change)
            for n, change in enumerate(lived.changes)
            if change.plan is not None or n in self._hands.desk.made
        ]
        lived.final = await self._store.read(_final_plan, lived.plan.code)
        lived.owed, lived.seats, lived.answered = await self._store.read(looks.what_stands)
        lived.readers = {
            each.id: Reader(
                each.timezone,
                tuple(self._hands.absent.get(each.id, ())),
                tuple(self._hands.wished.get(each.id, ())),
            )
            for each in lived.people
        } | {who: Reader(lived.plan.timezone) for who in self._leaders()}

    def _act_of(self, change: PlanChange, n: int) -> Act:
        if change.plan is not None:
            return Act(change.at, COORDINATOR, Deed.CHANGE_PLAN, str(n))
        offering = next(each for each in self._lived.plan.offerings if each.code == change.offering)
        return Act(change.at, leader_of(offering), Deed.CHANGE_IN_SLACK, str(n))

    async def _next_moment(self) -> datetime | None:
        """The time of the next delivery or act; None when the year is over."""
        due = await self._store.read(claim_rows.next_due_at)
        ahead = self._ahead[0].at if self._ahead else None
        midnight = self._next_midnight() if self._daily is not None else None
        moment = min((each for each in (due, ahead, midnight) if each is not None), default=None)
        return moment if moment is not None and moment <= self._lived.ended else None

    def _next_midnight(self) -> datetime:
        tomorrow = self._clock.now().astimezone(self._zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), self._zone).astimezone(UTC)

    async def _do(self, act: Act) -> None:
        if act.deed is Deed.CHANGE_PLAN:
            plan = self._lived.changes[int(act.value)].plan
            assert plan is not None
            await self._store.run(_apply, plan, self._clock.now())
            self._hands.done[act.deed.value] += 1
        else:
            await self._hands.do(act)
        if act.deed in {Deed.CHANGE_PLAN, Deed.CHANGE_IN_SLACK, Deed.POST_PROMPT}:
            self._wanted = await self._store.read(looks.wanted_days)

    def _arrived(self, arrival: Arrival) -> None:
        if arrival.prompt is not None and arrival.prompt in self._wanted:
            # The first time counts: the day may be another when a reminder comes.
            self._lived.wanted.setdefault((arrival.to, arrival.prompt), self._wanted[arrival.prompt])
        if arrival.offers is not None:
            self._offered[arrival.to, arrival.offers] = arrival.at
        reaction = self._hands.reaction_to(arrival)
        if reaction is not None:
            heapq.heappush(self._ahead, reaction)

    async def _end_of_day(self, day: date, today: date) -> None:
        await self._look_at_lines()
        self._progress(self._clock.now(), sum(self._hands.done.values()), len(self._record.arrivals))
        if self._daily is not None:
            await self._daily(self._app, self._clock.now())
        if today.month != day.month:
            _forget(self._server.workspace, self._clock.now() - FORGOTTEN_AFTER)

    async def _look_at_lines(self) -> None:
        lived, now = self._lived, self._clock.now()
        for code, waiting in (await self._store.read(looks.count_waiting)).items():
            lived.longest_queue[code] = max(lived.longest_queue.get(code, 0), waiting)
        for line in await self._store.read(looks.lines, now):
            lived.empty += empty_seats(line, now)
        zones = {each.id: each.timezone for each in lived.people}
        offered = await self._store.read(looks.list_offered)
        lived.empty += offers_too_long(offered, self._offered, zones, self._offer_hours, now)

    def _leaders(self) -> set[str]:
        return {COORDINATOR, *map(leader_of, self._lived.plan.offerings)}

    def _lead(self) -> None:
        """Give an account to facilitators whom the plan names by a Slack id."""
        workspace = self._server.workspace
        for offering in self._lived.plan.offerings:
            for facilitator in offering.facilitators:
                if "@" not in facilitator and facilitator not in workspace.data["people"]:
                    workspace.change_person({"id": facilitator, "name": f"Fasilitaattori {facilitator}"})


def _prepare_database(url: URL, plan: Plan, now: datetime, seed: int) -> None:
    upgrade(url)
    store = Store(url)
    with store.transaction() as tx:
        _apply(tx, plan, now)
        for offering in load_all_offerings(tx):
            if offering.draw is not None:  # before sign-up does it by chance: the same seed, the same year
                draw_rows.fix_seed(tx, offering.id, f"{seed}/{offering.code}", now)
    store.close()


def _final_plan(tx: Tx, code: str) -> Plan:
    plan = stored_plan(tx, code)
    assert plan is not None, "it was applied"
    return plan


def _apply(tx: Tx, plan: Plan, now: datetime) -> None:
    """Apply the coordinator's file; what was changed in Slack meanwhile stays."""
    apply_file(tx, write_plan(plan), plan, now, winners=Winners(Origin.SLACK), made_by=None)


def _write_fast(store: Store) -> None:
    """Turn off durability: this database need not survive a power cut."""

    def on_connect(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]

    event.listen(store.engine, "connect", on_connect)


class _heard:  # noqa: N801 - used as a function is
    """Within the block Kaiku's errors are recorded instead of printed."""

    def __init__(self, record: Record) -> None:
        self._handler = Complaints(record)
        self._loggers = [logging.getLogger(name) for name in ("bot", "handlers", "storage")]

    def __enter__(self) -> None:
        self._levels = [logger.level for logger in self._loggers]
        for logger in self._loggers:
            logger.addHandler(self._handler)
            logger.setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        for logger, level in zip(self._loggers, self._levels, strict=True):
            logger.removeHandler(self._handler)
            logger.setLevel(level)


def _forget(workspace: Workspace, before: datetime) -> None:
    for messages in workspace.data["messages"].values():
        for message in messages:
            if float(message["ts"]) >= before.timestamp():
                break
            message["blocks"], message["text"] = [], ""
