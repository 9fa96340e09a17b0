"""What is done for one person costs what is theirs: no table that grows with people or time is read whole."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from tests.support.joining import join
from tests.support.reflecting import CODE, FIRST, answer
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

GROWING = {
    "absence",
    "attendance",
    "delivery",
    "enrolment",
    "person",
    "person_key",
    "reflection",
    "reflection_draft",
}
STATEMENTS = ("SELECT", "UPDATE", "DELETE", "WITH")


@pytest.fixture
def statements(kaiku: Running) -> Iterator[set[str]]:
    """Every statement that SQLite is given from now on, as it reads with its values."""
    heard: set[str] = set()

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(heard.add)

    engines = (kaiku.store.engine, kaiku.store.reading_engine)
    for engine in engines:
        event.listen(engine, "connect", on_connect)
        engine.dispose()  # what is open already is not heard
    yield heard
    for engine in engines:
        event.remove(engine, "connect", on_connect)


def scanned(kaiku: Running, statement: str) -> set[str]:
    """The growing tables that SQLite would read whole, without any index, for this statement."""
    with sqlite3.connect(str(kaiku.store.engine.url.database)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    steps = [re.match(r"SCAN (\w+?)(?:_\d+)?(?: AS \w+)?$", row[3]) for row in plan]
    return {step[1] for step in steps if step} & GROWING


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_persons_year_reads_no_growing_table_whole(kaiku: Running, statements: set[str]) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await aino.close(clear=True)
    await at(kaiku, helsinki(2019, 4, 3, 12))
    await at(kaiku, FIRST)
    await answer(kaiku, aino, answer_0="kun", answer_1="niin")
    await aino.command("/kaiku pohdi")
    await aino.close(clear=True)
    await at(kaiku, helsinki(2019, 4, 11, 12))
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await kaiku.settle()

    asked = sorted(each for each in statements if each.lstrip().startswith(STATEMENTS))
    assert len(asked) > 100, "the journey was heard"
    read_whole = {each: tables for each in asked if (tables := scanned(kaiku, each))}
    assert not read_whole
