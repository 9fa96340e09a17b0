"""A click is answered before Slack gives up: done, or not done and not done later either."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text

from sandbox.faults import Fault
from storage.engine import Store
from storage.tables import Enrolment, Person
from tests.conftest import FakeClock
from tests.support.joining import join, kaiku_answer
from tests.support.running import Running, start_app, start_workspace

CODE, OTHER = "dialogue-1", "dialogue-2"
SLACKS_PATIENCE = 3.0


@pytest.fixture
async def hurried(planned_url: str, clock: FakeClock) -> AsyncIterator[Running]:
    """Kaiku as it runs in earnest: it answers within its own 2.5 s."""
    server = await start_workspace(clock)
    kaiku = Running(await start_app(server, planned_url, clock, answer_within=2.5), server, clock)
    yield kaiku
    await kaiku.app.stop()
    await server.stop()


@contextmanager
def locked(url: str, code: str) -> Iterator[None]:
    """Another process holds the offering's lock; on SQLite it can only be that of the whole database."""
    other = Store(url)
    try:
        with other.engine.connect() as connection, connection.begin():
            if not other.is_sqlite:
                connection.execute(
                    text("select id from offering where code = :code for update"), {"code": code}
                )
            yield
    finally:
        other.close()


def enrolled(kaiku: Running) -> list[str]:
    with kaiku.store.read_transaction() as tx:
        return list(tx.scalars(select(Enrolment.c.person_id).order_by(Enrolment.c.id)))


async def test_a_join_that_meets_a_lock_is_answered_not_now_in_time_and_never_done(
    hurried: Running, planned_url: str
) -> None:
    aino = hurried.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    with locked(planned_url, CODE):
        began = time.monotonic()
        outcome = await aino.submit(agency="vero", role="expert", language="fi")
        took = time.monotonic() - began
        assert outcome.acked
        assert "Yritä muutaman minuutin päästä uudelleen" in str(aino.modal["blocks"])
        assert took < SLACKS_PATIENCE
    await hurried.settle()
    await hurried.store.run(lambda _tx: None)  # whatever was queued has run by now
    assert enrolled(hurried) == []
    await aino.close()
    await join(aino, CODE)
    assert enrolled(hurried) == ["UAINO"], "and then it works"


async def test_one_locked_offering_holds_up_no_other(hurried: Running, planned_url: str) -> None:
    aino, emma = hurried.visitor("UAINO"), hurried.visitor("UEMMA")
    await join(emma, "coaching-1")  # they are met
    await aino.command(f"/kaiku join {CODE}")
    with locked(planned_url, CODE):
        waiting = asyncio.create_task(aino.submit(agency="vero", role="expert", language="fi"))
        await asyncio.sleep(0.3)
        began = time.monotonic()
        if hurried.store.is_sqlite:  # it has one lock, which holds up no reader
            await emma.command("/kaiku mine")
        else:
            await join(emma, OTHER)
        assert time.monotonic() - began < 1.5
        assert not waiting.done()
        await waiting
    assert set(enrolled(hurried)) == {"UEMMA"}
    assert len(enrolled(hurried)) == (1 if hurried.store.is_sqlite else 2)


async def test_a_lock_that_is_freed_in_time_costs_nobody_their_seat(
    hurried: Running, planned_url: str
) -> None:
    aino = hurried.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    with locked(planned_url, CODE):
        waiting = asyncio.create_task(aino.submit(agency="vero", role="expert", language="fi"))
        await asyncio.sleep(0.5)
    await waiting
    assert enrolled(hurried) == ["UAINO"]
    assert "Paikka on sinun." in str(aino.modal["blocks"])


async def test_a_slow_first_contact_is_answered_in_time_and_the_form_comes_after(hurried: Running) -> None:
    emma = hurried.visitor("UEMMA")
    for method in ("users.info", "views.open"):
        hurried.server.workspace.faults.append(Fault(method, 1, "slow_answer", seconds=1.8))
    began = time.monotonic()
    await emma.command(f"/kaiku join {CODE}")
    assert time.monotonic() - began < SLACKS_PATIENCE
    answer = kaiku_answer(hurried, emma)
    assert "Yritä" in answer["text"]
    async with asyncio.timeout(20):
        while not await hurried.store.read(is_known, "UEMMA"):  # noqa: ASYNC110 - Slack's late answer
            await asyncio.sleep(0.05)
    hurried.server.workspace.faults.clear()
    await emma.click("command.again")
    assert emma.modal["callback_id"] == "offering.join_form"


def is_known(tx, user_id: str) -> bool:  # type: ignore[no-untyped-def]
    return tx.scalar(select(Person.c.timezone).where(Person.c.id == user_id)) is not None


async def test_what_is_stored_but_can_not_be_shown_is_not_said_to_be_undone(hurried: Running) -> None:
    aino = hurried.visitor("UAINO")
    await join(aino, CODE)
    await aino.close()
    await aino.command("/kaiku mine")
    await aino.click("mine.open")
    hurried.server.workspace.faults.append(Fault("views.push", 1, "http_500_before"))
    await aino.click("session.absent")
    assert "Asia on tallennettu" in str(aino.modal["blocks"])
