"""Joins that share a commit: the first counts the seats for all, and nobody is told anything untrue."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.people.person import Person
from bot.services.enrolment.join import Enrolled, enrol_all
from bot.services.enrolment.leave import withdraw
from bot.services.plan.apply import apply_plan
from storage import tables
from storage.engine import Store
from storage.transaction import Tx
from storage.writer import WRITERS
from tests.conftest import FakeClock
from tests.support.plans import a_plan, an_offering

CODE = "dialogue-1"
NAMES = [f"U{number:02}" for number in range(12)]


def person(name: str) -> Person:
    return Person(name, name, "fi", "Europe/Helsinki", agency=f"agency-{name}", role="expert")


@pytest.fixture
def one_seat(store: Store, clock: FakeClock) -> Store:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=1, agency_seats=())), clock.now())
        for name in NAMES:
            tx.add(
                tables.Person(
                    id=name, name=name, agency=f"agency-{name}", role="expert", language="fi",
                    timezone="Europe/Helsinki", met_at=clock.now(),
                )
            )  # fmt: skip
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
