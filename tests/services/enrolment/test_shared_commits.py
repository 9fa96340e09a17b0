"""Joins that share a commit: the first counts the seats for all, and nobody is told anything untrue."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import event, select, update

from bot.domain.deliveries import DeliveryKind
from bot.domain.errors import KaikuError, Refusal
from bot.domain.people.person import Defaults, Person
from bot.services.enrolment.join import Enrolled, enrol_all
from bot.services.enrolment.leave import withdraw
from bot.services.enrolment.lock import lock_line
from bot.services.people.profiles import JoinRequest, ProfileChanges, introduce_and_enrol
from bot.services.plan.apply import apply_plan
from storage import tables, waiting_list
from storage import turns as turn_rows
from storage.engine import Store
from storage.transaction import Tx
from storage.writer import WRITERS
from tests.conftest import FakeClock
from tests.support.enrolling import add_people
from tests.support.feeds import TOKENS
from tests.support.plans import a_plan, an_offering

CODE = "dialogue-1"
DEFAULTS = Defaults("fi", "Europe/Helsinki")
NAMES = [f"U{number:02}" for number in range(12)]


def person(name: str) -> Person:
    return Person(name, name, "fi", "Europe/Helsinki", agency=f"agency-{name}", role="expert")


@pytest.fixture
def one_seat(store: Store, clock: FakeClock) -> Store:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=1, agency_seats=())), clock.now())
        add_people(tx, {name: f"agency-{name}" for name in NAMES})
    return store


async def sharing_a_commit(
    store: Store, works: Sequence[tuple[Callable[..., Any], str]], now: Any
) -> list[Any]:
    """All writers are busy until all of these wait."""
    may_go, busy = threading.Event(), []
    for _ in range(1 if store.is_sqlite else WRITERS):
        came = threading.Event()

        def stay(_tx: Tx, came: threading.Event = came) -> None:
            came.set()
            assert may_go.wait(20)

        busy.append(asyncio.ensure_future(store.run(stay)))
        assert await asyncio.to_thread(came.wait, 20)
    asked = [
        asyncio.ensure_future(
            store.run_batched(enrol_all, person(name), CODE, now)
            if work is enrol_all
            else store.run(work, person(name), CODE, now)
        )
        for work, name in works
    ]
    for _ in range(2):  # their tasks run, and the round of the event loop in which they are queued ends
        await asyncio.sleep(0)
    may_go.set()
    await asyncio.gather(*busy)
    return await asyncio.gather(*asked)


def place(done: Enrolled) -> int | None:
    return done.standing.position


async def test_the_first_of_joins_that_share_a_commit_counts_for_all(
    one_seat: Store, clock: FakeClock
) -> None:
    read: list[str] = []

    def on_statement(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM offering" in statement or "count(*)" in statement:
            read.append(statement)

    event.listen(one_seat.engine, "before_cursor_execute", on_statement)
    done = await sharing_a_commit(one_seat, [(enrol_all, name) for name in NAMES], clock.now)
    event.remove(one_seat.engine, "before_cursor_execute", on_statement)
    assert [place(each) for each in done] == [None, *range(1, len(NAMES))]
    assert len(read) <= 4, "once for the batch, however many join"


async def test_who_joins_after_somebody_left_in_the_same_commit_is_told_the_new_place(
    one_seat: Store, clock: FakeClock
) -> None:
    works: list[tuple[Callable[..., Any], str]] = [
        (enrol_all, "U00"), (enrol_all, "U01"), (enrol_all, "U02"), (withdraw, "U00"), (enrol_all, "U03"),
        (enrol_all, "U04"),
    ]  # fmt: skip
    done = await sharing_a_commit(one_seat, works, clock.now)
    assert [place(done[each]) for each in (0, 1, 2, 4, 5)] == [None, 1, 2, 2, 3]


def test_each_of_many_who_join_at_once_is_told_what_joining_alone_would_have_told(
    one_seat: Store, clock: FakeClock
) -> None:
    guest, stranger = replace(person("U04"), is_guest=True), replace(person("U05"), agency=None)
    people = [person("U00"), person("U01"), guest, person("U02"), person("U01"), stranger, person("U03")]
    with one_seat.transaction() as tx:
        offering_id = lock_line(tx, CODE).offering.id
        turn_rows.keep_turn(tx, "U03", lock_line(tx, CODE).offering.strand_id, 1, clock.now())
        done = enrol_all(tx, people, CODE, clock.now)
    told = [each.code if isinstance(each, KaikuError) else (place(each), each.already) for each in done]
    assert told == [
        (None, False), (1, False), Refusal.GUEST, (2, False), (1, True), Refusal.PROFILE_MISSING, (1, False),
    ]  # fmt: skip
    with one_seat.read_transaction() as tx:
        in_line = [row.person_id for row in waiting_list.list_waiting_in(tx, offering_id)]
        kinds = Counter(
            (row.recipient, row.kind)
            for row in tx.execute(select(tables.Delivery.c.recipient, tables.Delivery.c.kind))
            if row.recipient in in_line
        )
    assert in_line == ["U03", "U01", "U02"], "a kept turn stands before who came first"
    owed = (DeliveryKind.CONFIRMATION, DeliveryKind.STARTED_WITHOUT)
    assert kinds == {(who, kind): 1 for who in in_line for kind in owed}


async def test_what_somebody_told_who_is_refused_is_not_stored_and_the_others_join(
    one_seat: Store, clock: FakeClock
) -> None:
    with one_seat.transaction() as tx:
        tx.execute(update(tables.Person).where(tables.Person.c.id == "U01").values(is_guest=True))
    told = ProfileChanges(agency="vero", role="expert")
    asked = [JoinRequest(name, told, CODE) for name in ("U00", "U01", "U02")]
    handle = partial(introduce_and_enrol, defaults=DEFAULTS, tokens=TOKENS, now=clock.now)
    done = await asyncio.gather(
        *(one_seat.run_batched(handle, each) for each in asked), return_exceptions=True
    )
    assert isinstance(done[1], KaikuError)
    assert [each[1].standing.position for each in (done[0], done[2])] == [None, 1]  # type: ignore[index]
    with one_seat.read_transaction() as tx:
        agencies = dict(tx.execute(select(tables.Person.c.id, tables.Person.c.agency)).all())
    assert [agencies[each.user_id] for each in asked] == ["vero", "agency-U01", "vero"]
