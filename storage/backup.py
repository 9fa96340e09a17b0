"""Backups: made while Kaiku runs, without people's keys; tried out; restored."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, table, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.domain.backups import SUFFIX, LogHead, Manifest, differences, stem
from bot.i18n import SentenceError
from bot.version import VERSION
from storage import postgres_tools
from storage.engine import direct
from storage.migrate import revisions
from storage.postgres_tools import LEFT_OUT, ToolError
from storage.tables import Act, ActSeal, Erased, LiveMark

_REVISION = "alembic_version"
_HEAD = "head"


class BackupError(SentenceError):
    """A backup can't be made or used; ``sentence`` says why."""


def write_backup(engine: Engine, path: Path, made_at: datetime) -> Manifest:
    """Write the database to ``path``, an empty file, and return what is in it. Raises BackupError."""
    if engine.dialect.name == "sqlite":
        copy_without_keys(engine, path)
        described = _describe_file(path)
    else:
        described = _dump(engine, path)
    revision, rows, log_head = described
    return Manifest(
        made_at=made_at,
        version=VERSION,
        database=engine.dialect.name,
        revision=revision,
        file=stem(made_at) + SUFFIX[engine.dialect.name],
        size=path.stat().st_size,
        sha256=_checksum(path),
        rows=rows,
        log_head=log_head,
    )


def require_whole(manifest: Manifest, path: Path) -> None:
    """Raise BackupError unless the backup's file is undamaged and this version can use it."""
    try:
        if path.stat().st_size != manifest.size or _checksum(path) != manifest.sha256:
            raise BackupError("backup.changed", path=path)
    except OSError as error:
        raise BackupError("backup.not_read", path=path, reason=error.strerror) from error
    if manifest.revision not in revisions():
        raise BackupError("backup.too_new", version=manifest.version)


def try_out(manifest: Manifest, path: Path, url: URL) -> None:
    """Restore a backup into a scratch database beside the one at ``url``, and count its rows. Raises
    BackupError.
    """
    require_whole(manifest, path)
    if manifest.database == "sqlite":
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".kaiku-trial-") as folder:
            scratch = Path(folder, "trial.db")
            shutil.copyfile(path, scratch)
            _compare(manifest, *_describe_file(scratch))
        return
    name = f"{url.database}_trial_{os.getpid()}"
    server = create_engine(direct(url), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f'create database "{name}"'))
            try:
                restore(manifest, path, url.set(database=name))
            finally:
                connection.execute(text(f'drop database "{name}" with (force)'))
    except DBAPIError as error:
        raise BackupError("backup.no_scratch", reason=error.orig) from error
    finally:
        server.dispose()


def restore(manifest: Manifest, path: Path, url: URL) -> None:
    """Replace the database by a backup, completely or not at all. Raises BackupError."""
    require_whole(manifest, path)
    if url.get_backend_name() != manifest.database:
        raise BackupError("backup.other_kind", kind=manifest.database)
    if manifest.database == "sqlite":
        _replace_file(path, Path(url.database or ""))
        return
    engine = create_engine(direct(url))
    try:
        _require_tools(engine, "pg_restore", "psql")
        postgres_tools.restore(url, path, {*manifest.rows, *_tables_of(engine), _REVISION})
        with engine.connect() as connection:
            _compare(manifest, *_describe(connection))
    except ToolError as error:
        raise BackupError("backup.tool", problem=error.sentence) from error
    except DBAPIError as error:
        raise BackupError("backup.not_usable", path=url.database, reason=error.orig) from error
    finally:
        engine.dispose()


def count_what_is_there(url: URL) -> int:
    """How many rows a restore would replace; an unreadable database counts as one. Raises DBAPIError."""
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.exists() or path.stat().st_size == 0:
            return 0
        try:
            return _count_rows(_describe_file(path)[1])
        except BackupError:
            return 1
    engine = create_engine(direct(url))
    try:
        with engine.connect() as connection:
            return _count_rows(_describe(connection)[1])
    finally:
        engine.dispose()


def _count_rows(rows: Mapping[str, int]) -> int:
    """The number of rows without the live mark, which every database has from the beginning."""
    return sum(number for name, number in rows.items() if name != LiveMark.name)


def newest_erasure(url: URL) -> int:
    """The number of the newest erasure in the database to be replaced; 0 if it can't be read."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return 0
    engine = create_engine(direct(url))
    try:
        with engine.connect() as connection:
            return connection.scalar(select(func.max(Erased.c.number))) or 0
    except DBAPIError:
        return 0
    finally:
        engine.dispose()


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
            for name in _tables_of_file(copy) & LEFT_OUT:
                copy.execute(f"DELETE FROM {name}")  # noqa: S608 - a name of our own
            copy.execute("VACUUM INTO ?", (str(path),))
        except (sqlite3.Error, OSError, MemoryError) as error:
            raise BackupError("backup.not_copied", reason=str(error) or "out of memory") from error


def _tables_of_file(copy: sqlite3.Connection) -> set[str]:
    """The tables in the file: a database of an older version lacks some."""
    return {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _replace_file(backup: Path, database: Path) -> None:
    """Replace the file with one rename. Nobody may have the database open: SQLite would go on writing into
    the old file.
    """
    handle, name = tempfile.mkstemp(
        dir=database.absolute().parent, prefix=f".{database.name}.", suffix=".part"
    )
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as copy, backup.open("rb") as source:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        _require_unused(database)
        for ending in ("-wal", "-shm", "-journal"):  # they would be written into the new file
            Path(f"{database}{ending}").unlink(missing_ok=True)
        unfinished.replace(database)
    except OSError as error:
        raise BackupError("backup.not_written", path=database, reason=error.strerror) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _require_unused(database: Path) -> None:
    """Only a lone connection may leave WAL mode, so trying to tells whether Kaiku runs. A damaged file is
    accepted.
    """
    if not database.exists() or database.stat().st_size == 0:
        return
    broken = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=1)) as old:
            old.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in broken:
            raise BackupError("backup.in_use", path=database, reason=error) from error


Described = tuple[str, Mapping[str, int], LogHead | None]
"""A database's revision, its rows by table, and the head of the log of acts."""


def _describe_file(path: Path) -> Described:
    """What is in an SQLite file, once it was checked for damage. Raises BackupError."""
    address = f"file:{path.absolute().as_uri().removeprefix('file://')}?mode=ro&uri=true"
    engine = create_engine(f"sqlite:///{address}")
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
            if found != "ok":
                raise BackupError("backup.damaged", path=path, reason=found)
            return _describe(connection)
    except DBAPIError as error:
        raise BackupError("backup.not_usable", path=path, reason=error.orig) from error
    finally:
        engine.dispose()


def _describe(connection: Connection) -> Described:
    names = set(inspect(connection).get_table_names())
    rows = {
        name: connection.scalar(select(func.count()).select_from(table(name))) or 0
        for name in sorted(names - {_REVISION})
    }
    revision = connection.scalar(text(f"select version_num from {_REVISION}")) if _REVISION in names else None  # noqa: S608
    log_head = None
    if rows.get(ActSeal.name):
        seal = select(ActSeal.c.position, ActSeal.c.digest, ActSeal.c.signature).where(
            ActSeal.c.which == _HEAD
        )
        found = connection.execute(seal).first()
        log_head = LogHead(*found) if found is not None else None
    return str(revision or ""), rows, log_head


def _compare(manifest: Manifest, revision: str, rows: Mapping[str, int], log_head: LogHead | None) -> None:
    if wrong := differences(manifest.rows, rows):
        tables = ", ".join(f"{name} {found} / {promised}" for name, found, promised in wrong)
        raise BackupError("backup.other_rows", tables=tables)
    if revision != manifest.revision:
        raise BackupError("backup.other_schema", found=revision, promised=manifest.revision)
    if log_head != manifest.log_head:
        raise BackupError("backup.other_log")


def _dump(engine: Engine, path: Path) -> Described:
    """Dump the database, and count the rows in the snapshot that pg_dump reads."""
    try:
        _require_tools(engine, "pg_dump")
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            revision, rows, log_head = _describe(connection)
            snapshot = str(connection.scalar(text("select pg_export_snapshot()")))
            schema = str(connection.scalar(text("select current_schema()")))
            postgres_tools.dump(engine.url, schema, {*rows, _REVISION}, snapshot, path)
    except ToolError as error:
        raise BackupError("backup.tool", problem=error.sentence) from error
    return revision, {**rows, **dict.fromkeys(rows.keys() & LEFT_OUT, 0)}, log_head


def _require_tools(engine: Engine, *names: str) -> None:
    with engine.connect() as connection:
        version = int(str(connection.scalar(text("show server_version_num"))))
    postgres_tools.require_tools(version, *names)


def _tables_of(engine: Engine) -> set[str]:
    """Kaiku's tables in the database, which may have others."""
    return set(inspect(engine).get_table_names()) & set(Act.metadata.tables)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
