"""The cost of many offers that lapse at once, beside as many seats that are given at once (``offers:
false``)."""

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import func, select, update

from bench.deliveries import DEFAULTS
from bench.outcome import WrongOutcomeError
from bench.slack_stub import start_stub
from bot.domain.enrolment.offers import OfferRules
from bot.domain.people.person import Profile
from bot.domain.plan.model import OfferingKind, Plan, PlannedOffering, PlannedSession, PlannedStrand
from bot.domain.sending.rate_limit import RateLimit
from bot.message_kinds import declare_message_kinds
from bot.services.calendars.feed import CalendarLinks
from bot.services.calendars.tokens import CalendarTokens
from bot.services.enrolment.promote import fill_seats
from bot.services.people.agency_book import read_agencies
from bot.services.people.profiles import JoinRequest, ProfileChanges, introduce_and_enrol, meet
from bot.services.plan.apply import apply_plan
from bot.services.privacy.notice_file import read_notice
from bot.services.sending.sender import RATE_LIMITS, Sender
from bot.slack.client import SlackClient
from storage.engine import Store, parse_database_url
from storage.migrate import downgrade, upgrade
from storage.tables import Delivery, Enrolment, Offering, SeatOffer
from storage.transaction import Tx

SEATS = 500
BEGUN = datetime(2019, 2, 12, 8, tzinfo=UTC)  # a Tuesday, 10.00 in Helsinki
OVER = BEGUN + timedelta(days=6, hours=10)
"""The evening after the offers have lapsed: messages about that wait for the morning."""
WORDS = {"fi": "Penkki", "sv": "Bänk"}
SESSION = PlannedSession(number=1, on=date(2019, 6, 4), starts=wall(9), ends=wall(12), place=WORDS)
PLAN = Plan(
    "bench",
    WORDS,
    "Europe/Helsinki",
    (
        PlannedStrand(
            1,
            WORDS,
            (PlannedOffering("bench", OfferingKind.GROUP, WORDS, WORDS, 1, 1, (SESSION,)),),
        ),
    ),
)


@dataclass(frozen=True)
class Lapse:
    """Seconds, on one database: until so many seats are given at once, are offered, and have gone on to the
    next in line when all those offers have lapsed."""

    database: str
    given: float
    offered: float
    lapsed: float


@dataclass
class Still:
    at: datetime = BEGUN

    def now(self) -> datetime:
        return self.at


def run() -> list[Lapse]:
    """Measure on each database. Raises WrongOutcomeError when a seat did not go on."""
    addresses = {"SQLite": f"sqlite:///{Path(tempfile.mkdtemp()) / 'bench.db'}"}
    if postgres := os.environ.get("KAIKU_BENCH_POSTGRES"):
        addresses["PostgreSQL"] = postgres
    return [asyncio.run(_measure(name, address)) for name, address in addresses.items()]


async def _measure(name: str, address: str) -> Lapse:
    took = {}
    for on in (False, True):
        store = _with_a_line(address, OfferRules(on=on))
        began = time.perf_counter()
        await store.run(fill_seats, 1, BEGUN)
        took[on] = time.perf_counter() - began
        _require(store, "offered" if on else "seated", SEATS + (not on))
        if not on:
            store.close()
    runner, api_url = await start_stub()
    slack = SlackClient("xoxb-bench", api_url)
    await slack.start()
    kinds = declare_message_kinds(read_agencies(), DEFAULTS, CalendarLinks(), None, read_notice())
    fast = {method: RateLimit(per_second=10_000, burst=1_000) for method in RATE_LIMITS}
    await store.run(_all_told)
    sender = Sender(store, slack, kinds, DEFAULTS, Still(OVER), rate_limits=fast)
    began = time.perf_counter()
    while await store.read(_standing_too_long):
        await sender.send_due()
    lapsed = time.perf_counter() - began
    _require(store, "offered", SEATS)
    await slack.stop()
    await runner.cleanup()
    store.close()
    return Lapse(name, took[False], took[True], lapsed)


def _with_a_line(address: str, rules: OfferRules) -> Store:
    """A group with one seat taken, then more seats added, and a waiting list twice as long as the seats."""
    url = parse_database_url(address)
    downgrade(url, "base")
    upgrade(url)
    store = Store(url)
    tokens, people = CalendarTokens((b"bench",)), [f"U{n:05}" for n in range(2 * SEATS + 1)]
    told = ProfileChanges(agency=read_agencies().codes[0], role="expert")
    with store.transaction() as tx:
        apply_plan(tx, replace(PLAN, offers=rules), BEGUN)
        for each in people:
            meet(tx, Profile(each, each, language="fi", timezone="Europe/Helsinki"), DEFAULTS, BEGUN)
        asked = [JoinRequest(each, told, "bench") for each in people]
        introduce_and_enrol(tx, asked, DEFAULTS, tokens, BEGUN)
        tx.execute(update(Offering).values(capacity=SEATS + 1, seats_per_agency=SEATS + 1))
    return store


def _all_told(tx: Tx) -> None:
    """Send all messages that are due, so that only the ends of the offers remain."""
    told = update(Delivery).where(Delivery.c.kind != "offer_end", Delivery.c.state == "planned")
    tx.execute(told.values(state="sent", sent_at=BEGUN))


def _standing_too_long(tx: Tx) -> int:
    return (
        tx.scalar(select(func.count()).where(SeatOffer.c.outcome.is_(None), SeatOffer.c.until <= OVER)) or 0
    )


def _require(store: Store, status: str, number: int) -> None:
    with store.read_transaction() as tx:
        found = tx.scalar(select(func.count()).where(Enrolment.c.status == status)) or 0
    if found != number:
        raise WrongOutcomeError(f"{found} are {status}, not {number}")


def as_text(found: list[Lapse]) -> str:
    return "\n".join(
        f"{SEATS} offers lapse at once, {each.database}: {each.lapsed:.2f} s; {SEATS} seats offered at once "
        f"{each.offered:.2f} s, given at once {each.given:.2f} s"
        for each in found
    )


def as_section(found: list[Lapse]) -> str:
    """For docs/performance.md."""
    rows = "\n".join(
        f"| {each.database} | {each.given:.2f} s | {each.offered:.2f} s | {each.lapsed:.2f} s | "
        f"{each.lapsed / each.given:.1f} |"
        for each in found
    )
    return f"""
## Offers that lapse at once

One offering, {2 * SEATS:,} people in its queue. The baseline gives {SEATS} of them seats at once (`offers: false`), in one
transaction. Where seats are offered, {SEATS} people are told nothing more than that; when the time of all these offers is
over, each lapses, and its seat is offered to the next in line: the sender's whole work, one settled delivery an offer.

| database | {SEATS} given at once | {SEATS} offered at once | {SEATS} lapse, and go on | ratio |
| --- | --- | --- | --- | --- |
{rows}
"""


if __name__ == "__main__":
    print(as_section(run()))
