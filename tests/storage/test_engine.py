"""Transactions that share a commit stay apart, and whoever waits learns what became of theirs."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

import storage.engine
from bot.deadline import answering_within
from storage import people
from storage.engine import Store, StoreUnavailableError
from storage.tables import Programme
from storage.transaction import Tx, wake_sender
from storage.writer import WRITERS
from tests.support.engines import SHIPPED_SYNCHRONOUS


class RefusalError(Exception):
    """What a transaction may raise on purpose."""


def add(tx: Tx, code: str) -> str:
    """A transaction like any other."""
    tx.execute(insert(Programme).values(code=code, title={"fi": code}, timezone="Europe/Helsinki"))
    return code


def add_and_fail(tx: Tx, code: str) -> str:
    add(tx, code)
    raise RefusalError(code)


def codes(store: Store) -> list[str]:
    with store.read_transaction() as tx:
        return list(tx.scalars(select(Programme.c.code).order_by(Programme.c.id)))


def stay(_tx: Tx, came: threading.Event, may_go: threading.Event) -> None:
    came.set()
    assert may_go.wait(20)


async def in_the_queue() -> None:
    """What was asked last is in the queue: its task has run, and the round of the event loop is over."""
    for _ in range(2):
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def busy_writer(store: Store) -> AsyncIterator[None]:
    """All writers are busy for as long as this lasts: what is asked meanwhile waits and becomes one batch."""
    may_go, writers = threading.Event(), 1 if store.is_sqlite else WRITERS
    busy = []
    for _ in range(writers):
        came = threading.Event()
        busy.append(asyncio.ensure_future(store.run(stay, came, may_go)))
        assert await asyncio.to_thread(came.wait, 20)
    try:
        yield
        await in_the_queue()
    finally:
        may_go.set()
        await asyncio.gather(*busy)


async def together(store: Store, *works: tuple[Callable[..., object], object]) -> list[object]:
    """Ask for these while the writer is busy; results and errors, in the order asked."""
    async with busy_writer(store):
        asked = [asyncio.ensure_future(store.run(work, argument)) for work, argument in works]
    return await asyncio.gather(*asked, return_exceptions=True)


@pytest.fixture
def commits(store: Store) -> Iterator[list[int]]:
    """One entry for each commit."""
    seen: list[int] = []

    def on_commit(_connection: object) -> None:
        seen.append(1)

    event.listen(store.engine, "commit", on_commit)
    yield seen
    event.remove(store.engine, "commit", on_commit)


async def test_transactions_that_wait_share_a_commit(store: Store, commits: list[int]) -> None:
    assert await together(store, (add, "a"), (add, "b"), (add, "c")) == ["a", "b", "c"]
    assert codes(store) == ["a", "b", "c"]
    assert len(commits) == (2 if store.is_sqlite else 1 + WRITERS)  # the busy ones, and theirs


async def test_one_that_fails_in_a_shared_commit_undoes_only_itself(store: Store) -> None:
    results = await together(store, (add, "a"), (add_and_fail, "b"), (add, "c"))
    assert results[0] == "a"
    assert results[2] == "c"
    assert codes(store) == ["a", "c"]


def add_all(tx: Tx, asked: Sequence[str], calls: list[Sequence[str]]) -> list[str | RefusalError]:
    """One call for all of them; refuses r."""
    calls.append(asked)
    if "fatal" in asked:
        raise RefusalError("fatal")
    return [RefusalError(code) if code == "r" else add(tx, code) for code in asked]


async def ask_for_all(store: Store, *codes: str) -> tuple[list[object], list[Sequence[str]]]:
    calls: list[Sequence[str]] = []
    async with busy_writer(store):
        asked = [asyncio.ensure_future(store.run_batched(add_all, code, calls)) for code in codes]
    return await asyncio.gather(*asked, return_exceptions=True), calls


async def test_what_waits_for_the_same_is_done_by_one_call(store: Store, commits: list[int]) -> None:
    results, calls = await ask_for_all(store, "a", "r", "b")
    assert calls == [["a", "r", "b"]]
    assert (results[0], results[2]) == ("a", "b")
    assert isinstance(results[1], RefusalError), "told to who asked, without undoing the others"
    assert codes(store) == ["a", "b"]
    assert len(commits) == (2 if store.is_sqlite else 1 + WRITERS)


async def test_a_call_for_many_that_fails_is_made_for_each_by_itself(store: Store) -> None:
    results, calls = await ask_for_all(store, "a", "fatal", "b")
    assert calls == [["a", "fatal", "b"], ["a"], ["fatal"], ["b"]]
    assert isinstance(results[1], RefusalError)
    assert codes(store) == ["a", "b"]


async def test_an_exception_reaches_only_who_asked(store: Store) -> None:
    results = await together(store, (add, "a"), (add_and_fail, "b"), (add, "a"), (add, "c"))
    refused, clashed = results[1], results[2]
    assert isinstance(refused, RefusalError)
    assert refused.args == ("b",)
    assert isinstance(clashed, IntegrityError)
    assert (results[0], results[3]) == ("a", "c")
    assert codes(store) == ["a", "c"]


async def test_results_come_in_the_order_asked_and_are_committed(store: Store) -> None:
    told: list[str] = []

    async def ask(code: str) -> None:
        told.append(await store.run(add, code))
        assert code in codes(store)

    names = [f"p{number:02}" for number in range(30)]
    await asyncio.gather(*(ask(name) for name in names))
    assert told == names
    assert codes(store) == names


async def test_who_plans_deliveries_wakes_the_sender_after_the_commit(store: Store) -> None:
    woken: list[list[str]] = []
    store.on_planned = lambda: woken.append(codes(store))

    def add_and_plan(tx: Tx, code: str) -> str:
        wake_sender(tx)
        return add(tx, code)

    await store.run(add, "a")
    assert woken == []
    await store.run(add_and_plan, "b")
    assert woken == [["a", "b"]]
    results = await together(store, (add, "c"), (add_and_plan, "d"), (add_and_fail, "e"), (add, "f"))
    assert [type(each) for each in results] == [str, str, RefusalError, str]
    assert woken == [["a", "b"], ["a", "b", "c", "d", "f"]]


async def test_one_that_fails_wakes_nobody(store: Store) -> None:
    woken: list[int] = []
    store.on_planned = lambda: woken.append(1)

    def plan_and_fail(tx: Tx) -> None:
        wake_sender(tx)
        raise RefusalError

    with pytest.raises(RefusalError):
        await store.run(plan_and_fail)
    assert woken == []


async def test_closing_finishes_what_is_queued(store: Store, database_url: str) -> None:
    asked = [asyncio.ensure_future(store.run(add, f"p{number}")) for number in range(5)]
    await asyncio.sleep(0)
    await asyncio.to_thread(store.close)
    assert await asyncio.gather(*asked) == [f"p{number}" for number in range(5)]
    again = Store(database_url)
    assert len(codes(again)) == 5
    again.close()


async def test_who_stops_waiting_does_not_stop_the_transaction(store: Store) -> None:
    async with busy_writer(store):
        asked = asyncio.ensure_future(store.run(add, "a"))
        await asyncio.sleep(0)
        asked.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asked
    await store.run(add, "b")
    async with asyncio.timeout(10):
        while sorted(codes(store)) != ["a", "b"]:  # noqa: ASYNC110 - two writers on PostgreSQL
            await asyncio.sleep(0.01)


async def test_a_reader_that_writes_is_refused_and_writes_nothing(store: Store) -> None:
    await store.run(add, "a")
    with pytest.raises(DBAPIError, match=r"read-?only"):
        await store.read(add, "b")
    assert codes(store) == ["a"]
    assert await store.run(add, "c") == "c"


async def test_a_database_that_has_become_read_only_is_unavailable_and_no_fault_of_ours(store: Store) -> None:
    def write(tx: Tx) -> None:
        make, again = ("pragma query_only = on", "pragma query_only = off")
        connection = tx
        connection.exec_driver_sql(make if store.is_sqlite else "set transaction read only")
        try:
            connection.execute(insert(Programme).values(code="b", title={}, timezone="UTC"))
        finally:
            if store.is_sqlite:
                connection.exec_driver_sql(again)

    with pytest.raises(StoreUnavailableError, match=r"read-?only"):
        await store.run(write)
    assert codes(store) == []
    assert await store.run(add, "c") == "c"


async def test_a_reader_that_locks_is_refused_where_rows_have_locks(store: Store) -> None:
    def lock(tx: Tx) -> list[int]:
        return list(tx.scalars(select(Programme.c.id).with_for_update()))

    if store.is_sqlite:
        assert await store.read(lock) == []
    else:
        with pytest.raises(DBAPIError, match="read-only"):
            await store.read(lock)


async def test_an_error_of_one_reader_does_not_reach_the_others(store: Store) -> None:
    all_asked = threading.Event()

    def busy(_tx: Tx) -> None:
        assert all_asked.wait(20)

    def fail(_tx: Tx) -> None:
        raise RefusalError

    def misspelt(tx: Tx) -> None:
        tx.execute(text("select nothing from nowhere"))

    def good(tx: Tx) -> int:
        return int(tx.execute(text("select 7")).scalar_one())

    asked = [asyncio.ensure_future(store.read(work)) for work in (busy, fail, good, misspelt, good)]
    await in_the_queue()
    all_asked.set()
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(results[1], RefusalError)
    assert (results[2], results[4]) == (7, 7)
    assert isinstance(results[3], Exception)


async def test_reads_of_the_same_are_one_call_and_fail_each_by_itself(store: Store) -> None:
    all_asked, calls = threading.Event(), []

    def busy(_tx: Tx) -> None:
        assert all_asked.wait(20)

    def look_up(_tx: Tx, asked: Sequence[int]) -> list[int]:
        calls.append(asked)
        return [10 // each for each in asked]

    first = asyncio.ensure_future(store.read(busy))
    asked = [asyncio.ensure_future(store.read_batched(look_up, each)) for each in (5, 0, 2)]
    await in_the_queue()
    all_asked.set()
    results = await asyncio.gather(*asked, return_exceptions=True)
    await first
    assert calls == [[5, 0, 2], [5], [0], [2]]
    assert (results[0], results[2]) == (2, 5)
    assert isinstance(results[1], ZeroDivisionError)


@contextlib.contextmanager
def locked_by_somebody_else(url: str) -> Iterator[None]:
    """Another process's connection holds what every writer needs."""
    other = Store(url)
    try:
        with other.engine.connect() as connection, connection.begin():
            if not other.is_sqlite:
                connection.execute(text("lock table programme in access exclusive mode"))
            yield
    finally:
        other.close()


async def test_a_lock_held_too_long_is_said_so_and_nothing_is_written(database_url: str) -> None:
    store = Store(database_url, busy_seconds=0.2)
    began = time.perf_counter()
    with locked_by_somebody_else(database_url):
        with pytest.raises(StoreUnavailableError):
            await store.run(add, "a")
        # Those who wait together are told together, not one after the other.
        works = [store.run(add, f"p{number}") for number in range(20)]
        results = await asyncio.gather(*works, return_exceptions=True)
    assert [type(each) for each in results] == [StoreUnavailableError] * 20
    assert time.perf_counter() - began < 2
    assert codes(store) == []
    assert await store.run(add, "b") == "b"
    store.close()


@pytest.mark.parametrize("is_committed", [True, False])
async def test_a_commit_whose_answer_was_lost_is_looked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    dialect, commit = store.engine.dialect, store.engine.dialect.do_commit

    def lose_the_answer(connection: Any) -> None:
        monkeypatch.setattr(dialect, "do_commit", commit)
        if is_committed:
            commit(connection)
        connection.dbapi_connection.close()
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", lose_the_answer)
    if is_committed and not store.is_sqlite:
        assert await store.run(add, "a") == "a"
        assert codes(store) == ["a"]
    elif not store.is_sqlite:
        with pytest.raises(StoreUnavailableError):
            await store.run(add, "a")
        assert codes(store) == []
    else:  # nothing can get lost on the way to a file
        with pytest.raises(DBAPIError):
            await store.run(add, "a")


async def test_what_is_not_committed_by_its_deadline_is_never_done(store: Store) -> None:
    def slow(tx: Tx, code: str) -> str:
        time.sleep(0.6)
        return add(tx, code)

    with answering_within(0.5), pytest.raises(StoreUnavailableError):
        await store.run(slow, "a")
    assert await store.run(add, "b") == "b"
    assert codes(store) == ["b"]


def test_an_instant_keeps_its_zone_on_its_way_through_the_database(store: Store) -> None:
    met_at = datetime(2019, 2, 11, 8, tzinfo=UTC)
    with store.transaction() as tx:
        values = dict.fromkeys(set(people.PersonRow._fields) - {"daily_line", "link_before"}) | {
            "id": "UX", "name": "X", "language": "fi", "language_chosen": False, "timezone_chosen": False,
            "is_guest": False, "is_bot": False, "deactivated": False, "home_opened": True, "met_at": met_at,
        }  # fmt: skip
        people.add_person(tx, values)
        people.add_person(tx, values | {"name": "Y"})
    with store.read_transaction() as tx:
        assert tx.execute(text("select count(*) from person")).scalar_one() == 1
        found = people.get_person(tx, "UX")
        assert found is not None
        assert (found.name, found.home_opened, found.agency) == ("X", True, None)
        assert people.list_home_openers(tx, ["UX", "UY"]) == ["UX"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_commit_on_sqlite_waits_until_it_would_survive_a_power_cut(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.engine, "SYNCHRONOUS", SHIPPED_SYNCHRONOUS)  # tests do without
    store = Store(database_url)
    with store.transaction() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "2 is FULL"
    store.close()
