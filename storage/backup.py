"""A copy of a SQLite database without people's keys, made while Kaiku runs."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from storage.tables import PersonKey


class BackupError(Exception):
    """The copy could not be made; ``args[0]`` says why."""


def copy_without_keys(engine: Engine, path: Path) -> None:
    """Write a snapshot of the database to ``path``, an empty file. Raises BackupError.

    The keys are deleted in a copy in memory, so that none of their bytes reaches the file, its free pages, or
    a journal beside it.
    """
    with closing(engine.raw_connection()) as pooled, closing(sqlite3.connect(":memory:")) as copy:
        source = pooled.driver_connection
        assert isinstance(source, sqlite3.Connection)
        copy.isolation_level = None
        try:
            source.backup(copy)  # in one step: a consistent snapshot
            if _has_keys(copy):
                copy.execute(f"DELETE FROM {PersonKey.__tablename__}")  # noqa: S608 - a name of our own
            copy.execute("VACUUM INTO ?", (str(path),))
        except (sqlite3.Error, OSError, MemoryError) as error:
            raise BackupError(str(error) or "the copy does not fit into memory") from error


def _has_keys(copy: sqlite3.Connection) -> bool:
    """A database of an older version has no such table."""
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return PersonKey.__tablename__ in tables
