"""The run: a real Kaiku beside a local workspace, over HTTP, through a whole year of simulated time.

Time jumps from one moment when something is due to the next: the next delivery, or the next thing that
somebody does. Nothing waits.
"""

import asyncio
import heapq
import logging
import tempfile
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import event, func, select
from sqlalchemy.engine import URL

from bot.app import App
from bot.demo import demo_settings
from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.model import Plan
from bot.services.plan.apply import apply_plan
from bot.services.prompts.series import load_timeline
from bot.services.reflections.vault import new_secret
from rehearsal.days import previous_working_day
from rehearsal.hands import Hands
from rehearsal.people import (
    COORDINATOR,
    Act,
    Deed,
    Participant,
    PlanChange,
    cast,
    plan_changes,
    script,
    year_of,
)
from rehearsal.promises import Attendance, Broken, Line, Owed, Reader, empty_seats, offers_too_long
from rehearsal.record import Arrival, Complaints, Record, Refusal
from sandbox import StillClock, Workspace, WorkspaceServer
from storage.engine import Store, parse_database_url
from storage.migrate import upgrade
from storage.sending import claims as claim_rows
from storage.tables import (
    Delivery,
    Enrolment,
    Offering,
    OfferingSession,
    Programme,
    Reflection,
    SeatOffer,
    Strand,
)
from storage.transaction import Tx

ROOT = Path(__file__).parent.parent
PAUSE = timedelta(seconds=5)
"""From one round of sending to the next while Slack's limits hold something back."""
FORGOTTEN_AFTER = timedelta(days=60)
"""Then the workspace keeps no more of a message than that it was there, so that memory does not grow."""
SECRET_KEY = new_secret()


@dataclass(frozen=True, slots=True)
class Seat:
    """An enrolment as it stood in the end."""

    offering: str
    person: str
    agency: str
    status: str
    seated_at: datetime | None
    changed_at: datetime


@dataclass
class Lived:
    """A year as it went: what was meant, who took part, what came to whom, what stood in the end."""

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
    wanted: dict[tuple[str, int], date] = field(default_factory=dict)
    longest_queue: dict[str, int] = field(default_factory=dict)
    deeds: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    offers: list[tuple[str, str, int, int, datetime]] = field(default_factory=list)


Progress = Callable[[datetime, int, int], None]
"""Told now and then: what time it is, how many acts were done, how many messages came."""


async def rehearse(
    plan: Plan, book: AgencyBook, *, people: int, seed: int, progress: Progress = lambda *_: None
) -> Lived:
    """Live the whole year of ``plan``. Raises bot.app.StartError, OSError."""
    participants = cast(book, people, seed)
    began, ended = year_of(plan)
    changes = plan_changes(plan, seed)
    final = changes[-1].plan if changes else plan
    lived = Lived(plan, final, participants, changes, began, ended)
    with tempfile.TemporaryDirectory(prefix="kaiku-rehearsal-") as folder:
        url = parse_database_url(f"sqlite:///{folder}/kaiku.db")
        await asyncio.to_thread(_prepare_database, url, plan, began)
        clock = StillClock(began)
        workspace = Workspace.load(
            manifest=ROOT / "manifest.yml", people=ROOT / "sandbox/people.yml", clock=clock, limits=True
        )
        server = WorkspaceServer(workspace)
        await server.start()
        record = Record(workspace)
        hands = Hands(server, record, {each.id: each for each in participants}, seed)
        settings = demo_settings(server, url.render_as_string(), SECRET_KEY)
        app = App(settings, clock, book=book, ticks=False)
        _write_fast(app.store)
        with _heard(record):
            try:
                await app.start()
                server.link.app_url = f"http://127.0.0.1:{app.port}/slack/events"
                await _Year(app, server, clock, record, hands, lived, progress).live(seed)
            finally:
                await app.stop()
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
    ) -> None:
        self._app, self._store, self._server, self._clock = app, app.store, server, clock
        self._record, self._hands, self._lived, self._progress = record, hands, lived, progress
        self._ahead: list[Act] = []
        self._wanted: dict[int, date] = {}
        self._offered: dict[tuple[str, str], datetime] = {}
        self._zone = ZoneInfo(lived.plan.timezone)

    async def live(self, seed: int) -> None:
        lived = self._lived
        self._hands.moves_in()
        self._lead()
        self._record.on_arrival = self._arrived
        changes = [
            Act(change.at, COORDINATOR, Deed.CHANGE_PLAN, str(n)) for n, change in enumerate(lived.changes)
        ]
        self._ahead = [*script(lived.plan, lived.people, seed), *changes]
        heapq.heapify(self._ahead)
        self._wanted = await self._store.read(_wanted_days)
        day = self._clock.now().astimezone(self._zone).date()
        while (moment := await self._next_moment()) is not None:
            # What is due already and still there is held back by Slack's limits.
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
        lived.offers = await self._store.read(_list_offers)
        lived.owed, lived.seats, lived.answered = await self._store.read(_what_stands)
        lived.readers = {
            each.id: Reader(
                each.timezone,
                tuple(self._hands.absent.get(each.id, ())),
                tuple(self._hands.wished.get(each.id, ())),
            )
            for each in lived.people
        }

    async def _next_moment(self) -> datetime | None:
        """When something is due next, or somebody does something; None when the year is over."""
        due = await self._store.read(claim_rows.next_due_at)
        ahead = self._ahead[0].at if self._ahead else None
        moment = min((each for each in (due, ahead) if each is not None), default=None)
        return moment if moment is not None and moment <= self._lived.ended else None

    async def _do(self, act: Act) -> None:
        if act.deed is Deed.CHANGE_PLAN:
            change = self._lived.changes[int(act.value)]
            await self._store.run(apply_plan, change.plan, self._clock.now)
            self._hands.done[act.deed.value] += 1
        else:
            await self._hands.do(act)
        if act.deed in {Deed.CHANGE_PLAN, Deed.POST_PROMPT}:
            self._wanted = await self._store.read(_wanted_days)

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
        if today.month != day.month:
            _forget(self._server.workspace, self._clock.now() - FORGOTTEN_AFTER)

    async def _look_at_lines(self) -> None:
        lived, now = self._lived, self._clock.now()
        for code, waiting in (await self._store.read(_count_waiting)).items():
            lived.longest_queue[code] = max(lived.longest_queue.get(code, 0), waiting)
        for line in await self._store.read(_lines, now, self._offered):
            lived.empty += empty_seats(line, now)
        zones = {each.id: each.timezone for each in lived.people}
        offered = await self._store.read(_list_offered)
        lived.empty += offers_too_long(offered, self._offered, zones, now)

    def _lead(self) -> None:
        """Facilitators whom the plan names by a Slack id have an account."""
        workspace = self._server.workspace
        for offering in self._lived.plan.offerings:
            for facilitator in offering.facilitators:
                if "@" not in facilitator and facilitator not in workspace.data["people"]:
                    workspace.change_person({"id": facilitator, "name": f"Fasilitaattori {facilitator}"})


def attendances(lived: Lived) -> list[Attendance]:
    """Who held a seat in which session, and when its reminders began; for seats that were kept to the end."""
    zone = ZoneInfo(lived.final.timezone)
    offerings = {each.code: each for each in lived.final.offerings if not each.cancelled}
    found = []
    for seat in lived.seats:
        if seat.status != "seated" or seat.offering not in offerings or seat.person in lived.gone:
            continue
        for session in offerings[seat.offering].sessions:
            starts_at = datetime.combine(session.on, session.starts, zone)
            told_from = datetime.combine(previous_working_day(session.on), time(8, 59), zone)
            since = seat.seated_at or seat.changed_at
            if not session.cancelled and since < told_from and starts_at <= lived.ended:
                found.append(Attendance(seat.person, seat.offering, session.number, told_from, starts_at))
    return found


def _prepare_database(url: URL, plan: Plan, now: datetime) -> None:
    upgrade(url)
    store = Store(url)
    with store.transaction() as tx:
        apply_plan(tx, plan, now)
    store.close()


def _write_fast(store: Store) -> None:
    """A database that nobody will miss need not survive a power cut."""

    def on_connect(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]

    event.listen(store.engine, "connect", on_connect)


class _heard:  # noqa: N801 - used as a function is
    """What Kaiku complains of goes on the record, and nothing of it to the screen."""

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


def _wanted_days(tx: Tx) -> dict[int, date]:
    """The day on which each prompt belongs, as the sessions stand now."""
    return {
        dated.prompt.id: dated.on
        for offering_id in tx.scalars(select(Offering.id))
        for dated in load_timeline(tx, offering_id).dated
        if dated.on is not None
    }


def _count_waiting(tx: Tx) -> dict[str, int]:
    """How many wait, by offering."""
    query = select(Offering.code, func.count()).join(Enrolment, Enrolment.offering_id == Offering.id)
    rows = tx.execute(query.where(Enrolment.status == "waiting").group_by(Offering.code))
    return {row[0]: row[1] for row in rows}


def _list_offered(tx: Tx) -> list[tuple[str, str, datetime]]:
    """Who is offered a seat now, in what, and since when."""
    query = select(SeatOffer.person_id, Offering.code, SeatOffer.made_at).join(
        Offering, Offering.id == SeatOffer.offering_id
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(query.where(SeatOffer.outcome.is_(None)))]


def _moves_until(offering: Offering, programme: Programme, starts_at: datetime) -> datetime:
    """Until when a free seat must be passed on: until the start, or, where it is offered, until a working day
    before the cut-off, because no offer is made that leaves less than an hour."""
    rules = {"on": True, "cutoff_days": 1} | (programme.offer_rules or {}) | (offering.offer_rules or {})
    if not rules["on"]:
        return starts_at
    day = starts_at.astimezone(ZoneInfo(programme.timezone)).date()
    for _ in range(rules["cutoff_days"] + 1):
        day = previous_working_day(day)
    return datetime.combine(day, time(0), ZoneInfo(programme.timezone))


def _lines(tx: Tx, now: datetime, asked: Container[tuple[str, str]]) -> list[Line]:
    """The offerings whose freed seats still move on by themselves. ``asked``: who has been offered a seat in
    which offering: one who still waits has let it go."""
    first = (
        select(OfferingSession.offering_id, func.min(OfferingSession.starts_at).label("starts_at"))
        .where(OfferingSession.cancelled.is_(False))
        .group_by(OfferingSession.offering_id)
        .subquery()
    )
    found = tx.execute(
        select(Offering, Programme, first.c.starts_at)
        .join(first)
        .join(Strand, Strand.id == Offering.strand_id)
        .join(Programme, Programme.id == Strand.programme_id)
        .where(first.c.starts_at > now, Offering.cancelled.is_(False))
    ).all()
    offerings = [
        offering for offering, programme, starts in found if now < _moves_until(offering, programme, starts)
    ]
    enrolled = tx.execute(
        select(Enrolment.offering_id, Enrolment.status, Enrolment.agency, Enrolment.person_id).where(
            Enrolment.status.in_(("seated", "offered", "waiting"))
        )
    ).all()
    lines = []
    for offering in offerings:
        held: dict[str, int] = {}
        waiting: dict[str, int] = {}
        for offering_id, status, agency, person in enrolled:
            if offering_id == offering.id and not (status == "waiting" and (person, offering.code) in asked):
                among = waiting if status == "waiting" else held
                among[agency] = among.get(agency, 0) + 1
        lines.append(
            Line(
                offering.code,
                offering.capacity,
                offering.seats_per_agency,
                dict(offering.agency_seats),
                held,
                waiting,
            )
        )
    return lines


def _list_offers(tx: Tx) -> list[tuple[str, str, int, int, datetime]]:
    """Every offer of a seat there was."""
    query = select(
        SeatOffer.person_id, Offering.code, SeatOffer.enrolment_id, SeatOffer.seat, SeatOffer.made_at
    ).join(Offering, Offering.id == SeatOffer.offering_id)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in tx.execute(query.order_by(SeatOffer.id))]


def _what_stands(tx: Tx) -> tuple[list[Owed], list[Seat], int]:
    owed = [
        Owed(*row)
        for row in tx.execute(
            select(
                Delivery.id,
                Delivery.kind,
                Delivery.recipient,
                Delivery.subject,
                Delivery.state,
                Delivery.due_at,
                Delivery.reason,
            )
        )
    ]
    seats = [
        Seat(*row)
        for row in tx.execute(
            select(
                Offering.code,
                Enrolment.person_id,
                Enrolment.agency,
                Enrolment.status,
                Enrolment.seated_at,
                Enrolment.changed_at,
            )
            .join(Offering, Offering.id == Enrolment.offering_id)
            .order_by(Enrolment.id)
        )
    ]
    answered = tx.scalar(select(func.count()).where(Reflection.prompt_id.is_not(None))) or 0
    return owed, seats, answered


def _forget(workspace: Workspace, before: datetime) -> None:
    for messages in workspace.data["messages"].values():
        for message in messages:
            if float(message["ts"]) >= before.timestamp():
                break
            message["blocks"], message["text"] = [], ""
