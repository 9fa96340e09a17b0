"""Fixtures for every test: a fake clock, and a real, freshly migrated database of each kind.

SQLite always; PostgreSQL when KAIKU_TEST_POSTGRES names a database that the tests may empty. In CI
it must be set: nothing is skipped there because something is missing. Where pytest-xdist runs several
workers, each has a PostgreSQL database of its own beside the named one: ``<name>_gw0``, ``<name>_gw1`` ...
"""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import uvloop
from sqlalchemy import Column, Engine, Table, create_engine, text
from sqlalchemy.engine import URL

from storage.engine import Store, parse_database_url
from storage.migrate import downgrade, upgrade
from storage.tables import metadata
from tests.support.engines import make_databases_cheap
from tests.support.listeners import make_bolt_cheap

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.support.running import Running

ROOT = Path(__file__).parent.parent
POSTGRES = os.environ.get("KAIKU_TEST_POSTGRES")
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
if os.environ.get("CI") and not POSTGRES:
    raise pytest.UsageError("KAIKU_TEST_POSTGRES must be set in CI: no test may be skipped there")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Chromium's options: it asks nobody else for anything."""

make_databases_cheap()
make_bolt_cheap()
os.environ["LANG"] = "en_GB.UTF-8"  # what the command line says is compared in English
os.environ.pop("LC_ALL", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longer than other tests starts first: at the end it would be waited for alone. Tests with
    the browser share its loop."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests have the event loop that Kaiku runs in."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_finish() -> None:
    """What is loaded now is never garbage, and what comes is looked through as seldom as in Kaiku itself
    (``bot.app``)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


class FakeClock:
    """Stands still until told to move. Starts on Monday 11 February 2019 at 10:00 in Helsinki."""

    def __init__(self) -> None:
        self._now = datetime(2019, 2, 11, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, **parts: float) -> None:
        self._now += timedelta(**parts)

    def move_to(self, instant: datetime) -> None:
        self._now = instant.astimezone(UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest revision, to be copied by each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(parse_database_url(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> URL:
    assert POSTGRES is not None
    url = parse_database_url(POSTGRES)
    if WORKER is not None:
        url = create_database_beside(url, WORKER)
    downgrade(url, "base")
    upgrade(url)
    return url


def create_database_beside(url: URL, suffix: str) -> URL:
    """An empty database ``<name>_<suffix>`` on the same server: its role must be allowed to create it."""
    name = f"{url.database}_{suffix}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'drop database if exists "{name}" with (force)'))
        connection.execute(text(f'create database "{name}"'))
    engine.dispose()
    return url.set(database=name)


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database of this test's own."""
    if request.param == "sqlite":
        path = tmp_path / "kaiku.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    url: URL = request.getfixturevalue("migrated_postgres")
    if "planned_url" not in request.fixturenames:  # which empties it itself
        empty(url)
    return url.render_as_string(hide_password=False)


def empty(url: URL, then: str = "") -> None:
    """Every table of PostgreSQL without a row, and its numbers from 1; ``then`` the statements of a script.
    Only the mark of a live database is there, as after the migrations, whatever the test before did to it.

    In one go, because a query for each table takes longer than most tests do. Not by TRUNCATE, which writes
    every table anew as a file: that takes seconds where the disk is slow.
    """
    tables = [table for table in metadata.sorted_tables if table.name != "live_mark"]
    script = [f'delete from "{table.name}"' for table in reversed(tables)]
    script += [f"select setval({_sequence(table, column)}, 1, false)" for table, column in _keys(tables)]
    script.append("insert into live_mark (number, marked_at) values (1, now()) on conflict do nothing")
    with _emptying(url).begin() as connection:
        connection.exec_driver_sql(";".join(script) + ";" + then, execution_options={"no_parameters": True})


@cache
def _emptying(url: URL) -> Engine:
    """Kept, because connecting takes as long as emptying."""
    return create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)


def _keys(tables: Iterable[Table]) -> Iterator[tuple[Table, Column[Any]]]:
    return ((table, column) for table in tables for column in table.primary_key)


def _sequence(table: Table, column: Column[Any]) -> str:
    """Null for a key that the database does not number: then setval does nothing."""
    return f"pg_get_serial_sequence('{table.name}', '{column.name}')"


@pytest.fixture(scope="session")
def planned_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the shipped 2019 plan, to be copied by each test: to apply it anew takes longer
    than most tests do."""
    path = tmp_path_factory.mktemp("planned") / "template.db"
    shutil.copy(migrated_sqlite, path)
    apply_shipped_plan(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def planned_postgres(migrated_postgres: URL) -> str:
    """A script that copies the rows of the shipped 2019 plan into the empty tables: the schema ``planned``
    keeps them."""
    empty(migrated_postgres)
    apply_shipped_plan(migrated_postgres.render_as_string(hide_password=False))
    tables, copies = [each for each in metadata.sorted_tables if each.name != "live_mark"], []
    with _emptying(migrated_postgres).begin() as connection:
        connection.execute(text("drop schema if exists planned cascade"))
        connection.execute(text("create schema planned"))
        for table in tables:
            connection.execute(text(f'create table planned."{table.name}" as table "{table.name}"'))
            if connection.scalar(text(f'select exists (select from planned."{table.name}")')):
                copies.append(f'insert into "{table.name}" select * from planned."{table.name}"')
                copies += [
                    f'select setval({_sequence(table, column)}, max("{column.name}")) from "{table.name}"'
                    for _, column in _keys([table])
                    if connection.scalar(text(f"select {_sequence(table, column)}"))
                ]
    return ";".join(copies)


def apply_shipped_plan(url: str) -> None:
    from bot.services.plan.apply import apply_plan
    from bot.services.prompts.library import read_library
    from bot.services.prompts.series import keep_series
    from tests.support.shipped_plan import SHIPPED

    store = Store(url)
    with store.transaction() as tx:
        apply_plan(tx, SHIPPED, FakeClock().now())
        keep_series(tx, read_library(), FakeClock().now())  # each start would do it, which is slower
    store.close()


@pytest.fixture
def planned_url(database_url: str, request: pytest.FixtureRequest) -> str:
    """The address of a database with the shipped 2019 plan, applied when the fake clock starts."""
    url = parse_database_url(database_url)
    if url.get_backend_name() == "sqlite":
        shutil.copy(request.getfixturevalue("planned_sqlite"), str(url.database))
        return database_url
    empty(url, then=request.getfixturevalue("planned_postgres"))
    return database_url


@pytest.fixture
async def kaiku(planned_url: str, clock: FakeClock) -> AsyncIterator["Running"]:
    """Kaiku with the shipped 2019 plan, and the local workspace, both over real HTTP."""
    from tests.support.running import running_kaiku

    async with running_kaiku(planned_url, clock) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator["Browser"]:
    """One process for all tests of a worker: to start it takes longer than most of them."""
    from playwright.async_api import async_playwright

    path = shutil.which("chromium")
    assert path, "the browser tests need Debian's chromium: apt install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: "Browser") -> AsyncIterator["Browser"]:
    """A browser that nobody has used: each page has cookies and a memory of its own, and goes afterwards."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()
