"""Every migration, up and down, with rows in every table; and what an upgrade does that would lose some."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Time,
    inspect,
    text,
)
from typer.testing import CliRunner

from bot.cli.main import app
from storage import migrate
from storage.engine import create_store_engine, parse_database_url
from storage.migrate import SchemaState, downgrade, revisions, schema_state, upgrade

ROWS = 3


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database without tables."""
    engine = create_store_engine(parse_database_url(database_url))
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).write_bytes(b"")
        yield engine
        engine.dispose()
    else:
        downgrade(engine.url, "base")
        yield engine
        engine.dispose()
        upgrade(engine.url)  # other tests of this session find the tables again


def fill(engine: Engine) -> None:
    """Rows in every table that has none, made from what the database says of its tables."""
    found, empty = MetaData(), [name for name, count in counts(engine).items() if not count]
    found.reflect(engine, only=empty)
    with engine.begin() as connection:
        for table in found.sorted_tables:
            if table.name not in empty:  # another refers to it
                continue
            known = _known_values(connection, table.name)
            for number in range(1, ROWS + 1):
                row = {
                    column.name: known.get(column.name, _value(column, number)) for column in table.columns
                }
                connection.execute(table.insert().values(row))


def _value(column: Column[Any], number: int) -> object:
    """The same for every column that refers to another, so that it refers to something."""
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return _value(key.column, number)
    fixed: dict[type, object] = {
        Boolean: True,
        Integer: number,
        Numeric: 1,
        Float: 1.0,
        Date: date(2019, 2, number),
        DateTime: datetime(2019, 2, number, 8, 0),  # noqa: DTZ001 - as SQLite stores it
        Time: time(9, 0),
        JSON: {"fi": "x"},
        LargeBinary: b"x",
    }
    for kind, value in fixed.items():
        if isinstance(column.type, kind):
            return value
    return f"{column.name}{number}"[-(getattr(column.type, "length", None) or 40) :]


def _known_values(connection: Connection, table: str) -> dict[str, str]:
    """For each column that may hold only certain words, one of them."""
    checks = [each["sqltext"] for each in inspect(connection).get_check_constraints(table)]
    found = [re.search(r"(\w+)\W*(?:::text)?\W+(?:in|= ANY)\W[^']*'(\w+)'", check) for check in checks]
    return {match[1]: match[2] for match in found if match}


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {
            "alembic_version",
            "live_mark",
        }  # it has one row
        return {name: connection.scalar(text(f'select count(*) from "{name}"')) or 0 for name in names}


def test_every_migration_up_and_down_keeps_every_row_of_every_table(engine: Engine) -> None:
    before: dict[str, int] = {}
    steps = revisions()
    for revision in steps:
        upgrade(engine.url, revision)
        assert before.items() <= counts(engine).items(), f"up to {revision}"
        fill(engine)
        before = counts(engine)
        assert set(before.values()) == {ROWS}, f"every table has rows at {revision}"
    for revision in reversed(steps[:-1]):
        downgrade(engine.url, revision)
        after = counts(engine)
        assert after.items() <= before.items(), f"down to {revision}"
        assert set(after.values()) == {ROWS}
        before = after
    upgrade(engine.url)
    assert {count for name, count in counts(engine).items() if name in before} == {ROWS}


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Adds a migration of the test's own after the last."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)

    def add(body: str, more: str = "") -> None:
        last = revisions()[-1]
        (folder / "versions" / "9999_another.py").write_text(
            "import sqlalchemy as sa\nfrom alembic import op\n"
            f'revision = "9999"\ndown_revision = "{last}"\n{more}\n'
            f"def upgrade():\n    {body}\n\ndef downgrade():\n    pass\n"
        )
        monkeypatch.setattr(migrate, "MIGRATIONS", folder)

    return add


def run_upgrade(engine: Engine, *words: str) -> Any:
    address = engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(app, ["db", "upgrade", *words], env={"KAIKU_DATABASE_URL": address})


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("op.execute(\"delete from offering where code = 'code1'\")", "offering 2 / 3"),
        ('op.drop_table("announcement_click")', "announcement_click 0 / 3"),
        ('op.execute("no such statement")', "no such statement"),
        ('raise KeyError("a mistake of ours")', "a mistake of ours"),
    ],
)
def test_an_upgrade_that_fails_or_would_lose_rows_is_undone_and_says_so(
    engine: Engine, another: Any, body: str, told: str
) -> None:
    upgrade(engine.url)
    fill(engine)
    before = counts(engine)
    another(f'op.add_column("offering", sa.Column("extra", sa.Integer()))\n    {body}')
    done = run_upgrade(engine)
    assert done.exit_code in {1, 2}
    assert "as it was" in done.stderr
    assert told in done.stderr.replace('near "no"', "no such statement")
    assert "Traceback" not in done.output
    assert counts(engine) == before
    assert "extra" not in {column["name"] for column in inspect(engine).get_columns("offering")}
    assert schema_state(engine) is SchemaState.OLDER
    with engine.begin() as connection:  # as it is without the test's migration
        assert connection.scalar(text("select version_num from alembic_version")) != "9999"


def test_a_migration_may_delete_the_rows_of_tables_that_it_names(engine: Engine, another: Any) -> None:
    upgrade(engine.url)
    fill(engine)
    another('op.execute("delete from announcement_click")', 'shrinks = ("announcement_click",)')
    try:
        assert run_upgrade(engine, "--no-backup").exit_code == 0
        assert counts(engine)["announcement_click"] == 0
    finally:
        downgrade(engine.url, revisions()[-2])


def test_what_refers_to_nothing_after_a_rebuild_is_found(engine: Engine, another: Any) -> None:
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL refuses by itself
    upgrade(engine.url)
    fill(engine)
    another('op.execute("update session set offering_id = 77")')
    done = run_upgrade(engine)
    assert done.exit_code == 1
    assert "session → offering" in done.stderr
