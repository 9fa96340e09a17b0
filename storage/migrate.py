"""The schema's version: whether the database has the schema this code needs, and how to bring it there."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, event, func, inspect, select, table, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.i18n import SentenceError
from storage.engine import create_store_engine

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"

Rows = Mapping[str, int]
"""How many rows each table has."""


class MigrationError(SentenceError):
    """The database could not be changed and is as it was; ``sentence`` says why."""


class SchemaState(Enum):
    CURRENT = "current"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"


def revisions() -> list[str]:
    """Known revisions, oldest first: the leading number of each migration's file name.

    Read from file names, because importing Alembic costs more than the rest of the start-up check.
    """
    return sorted(path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def schema_state(engine: Engine) -> SchemaState:
    """How the database's schema relates to this code. Raises DBAPIError when it is away or not a database."""
    with engine.execution_options(read_only=True).connect() as connection:  # reading waits for no writer
        found = _revision(connection)
    known = revisions()
    if found == known[-1]:
        return SchemaState.CURRENT
    if found is None:
        return SchemaState.EMPTY
    return SchemaState.OLDER if found in known else SchemaState.NEWER


def pending(connection: Connection | None) -> tuple[list[str], Rows]:
    """The migrations that an upgrade would apply, as file names, and each table's number of rows now. Without
    a connection, for a database that does not exist yet.
    """
    names = sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    if connection is None:
        return names, {}
    found = _revision(connection) or ""
    return [name for name in names if name.split("_", 1)[0] > found], _count_rows(connection)


def upgrade(url: URL, revision: str = "head") -> None:
    """Apply the migrations up to ``revision``, all of them or none. Raises MigrationError.

    Only a table that a migration names in ``shrinks`` may have fewer rows afterwards.
    """
    from alembic import command  # noqa: PLC0415 - slow to import, needed only here

    with _checked_transaction(url, lambda config, _before, _after: _tables_to_shrink(config)) as config:
        command.upgrade(config, revision)


def downgrade(url: URL, revision: str) -> None:
    """Undo the migrations down to ``revision`` (``base`` for an empty database). Raises MigrationError.
    Dropped tables lose their rows; the others keep theirs.
    """
    from alembic import command  # noqa: PLC0415

    with _checked_transaction(url, lambda _config, before, after: before.keys() - after.keys()) as config:
        command.downgrade(config, revision)


@contextmanager
def _checked_transaction(
    url: URL, may_shrink: "Callable[[Config, Rows, Rows], Collection[str]]"
) -> "Iterator[Config]":
    """One transaction for Alembic to work in, committed only if no row was lost in it. SQLite changes most
    tables by rebuilding them, and dropping the old table would delete the rows that refer to it: so foreign
    keys are off meanwhile, and checked afterwards.
    """
    engine = create_store_engine(url, may_create=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_foreign_keys)
    try:
        with engine.begin() as connection:
            config = _config(connection)
            before, loose_before = _count_rows(connection), _dangling_references(connection)
            yield config
            after = _count_rows(connection)
            allowed = may_shrink(config, before, after)
            lost = [
                f"{name} {after.get(name, 0)} / {count}"
                for name, count in sorted(before.items())
                if after.get(name, 0) < count and name not in allowed
            ]
            if lost:
                raise MigrationError("migrate.rows_lost", tables=", ".join(lost))
            if loose := _dangling_references(connection) - loose_before:
                pairs = ", ".join(f"{child} → {parent}" for child, parent in loose)
                raise MigrationError("migrate.loose_rows", pairs=pairs)
    except (MigrationError, DBAPIError):
        raise
    except Exception as error:
        raise MigrationError("migrate.failed", reason=f"{type(error).__name__}: {error}") from error
    finally:
        engine.dispose()


def _leave_foreign_keys(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")


def _count_rows(connection: Connection) -> Rows:
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _dangling_references(connection: Connection) -> "Counter[tuple[str, str]]":
    """How many rows of each table have dangling references, and to which table; none on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return Counter()
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return Counter((child, parent) for child, _rowid, parent, _number in found)


def _tables_to_shrink(config: "Config") -> set[str]:
    """The tables from which the migrations just applied mean to delete rows."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    started_at: str = config.attributes["revision"]
    steps = ScriptDirectory.from_config(config).walk_revisions()
    return {
        name for step in steps if step.revision > started_at for name in getattr(step.module, "shrinks", ())
    }


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["revision"] = _revision(connection) or ""
    return config


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
    return found
