"""Guards SQLite's files: only their owner may read them, and they must still be the ones that were opened.

SQLite goes on writing into a file that was deleted or replaced, and those writes are lost at the next start.
So each transaction checks, when it begins and before it commits, that the paths still lead to the open files.
"""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from bot.i18n import Sentence, SentenceError

FileId = tuple[int, int]
"""Device and inode."""
FileState = tuple[FileId, int]
"""Device, inode and length."""

_HEADER = b"SQLite format 3\0"
_LOOK_SECONDS = 0.2
"""How long the start checks for damage: a small database is read completely, a large one in part."""


class FileGoneError(SentenceError):
    """A file of the database was moved, deleted or replaced while it was open; ``sentence`` says which."""


def why_no_database(url: URL) -> Sentence | None:
    """What is wrong with the file that ``url`` names, with a remedy; None if it is a database
    or empty. Changes nothing; always None for PostgreSQL."""
    if url.get_backend_name() != "sqlite":
        return None
    path = Path(url.database or "")
    try:
        with path.open("rb") as file:
            begin = file.read(len(_HEADER))
    except FileNotFoundError:
        return Sentence("store.none", path=path)
    except OSError as error:
        return Sentence("store.not_read", path=path, reason=error.strerror)
    if begin not in {b"", _HEADER}:
        return Sentence("store.no_sqlite", path=path)
    damage = _damage(path) if begin else None
    return Sentence("store.damaged", path=path, reason=damage) if damage else None


def _damage(path: Path) -> str | None:
    until = time.monotonic() + _LOOK_SECONDS
    try:
        with closing(open_to_look(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.set_progress_handler(lambda: time.monotonic() > until, 1000)
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        broken = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
        return str(error) if error.sqlite_errorcode & 0xFF in broken else None
    return None if found == "ok" else str(found).replace("\n", " ")


def open_to_look(path: Path, seconds: float = 5.0) -> sqlite3.Connection:
    """Open the file without changing anything. A file without a log is open nowhere else: it is opened as
    immutable, so that no log is created.
    """
    path = path.absolute()
    has_log = any(Path(f"{path}{ending}").exists() for ending in ("-wal", "-journal"))
    address = f"{path.as_uri()}?mode=ro{'' if has_log else '&immutable=1'}"
    return sqlite3.connect(address, uri=True, timeout=seconds, check_same_thread=False)


def guard(engine: Engine, watch: "FileWatch", *, may_create: bool) -> None:
    """Make ``engine`` open its file as described above; engines of one file share a ``watch``.

    A transaction that begins or commits after a file has gone raises FileGoneError; a file that is put back
    at its path is accepted again.
    """

    @event.listens_for(engine, "do_connect")
    def on_opening(*_: object) -> None:
        watch.look(with_log=False)  # which is created again if nobody has it open
        _make_private(watch.path, may_create=may_create)

    @event.listens_for(engine, "connect")
    def on_opened(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        watch.add(entry)

    @event.listens_for(engine, "close")
    def on_closed(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        watch.remove(entry)

    @event.listens_for(engine, "begin")
    @event.listens_for(engine, "commit")
    def on_boundary(_connection: object) -> None:
        watch.look()


class FileWatch:
    """Which files the open connections have open."""

    def __init__(self, url: URL) -> None:
        self.path = Path(url.database or "").absolute()
        self._file = str(self.path)
        self._logs = [f"{self.path}-wal", f"{self.path}-shm"]
        self._seen: dict[str, FileState | None] = {}
        self._open: set[int] = set()

    def add(self, entry: ConnectionPoolEntry) -> None:
        if not self._open:
            for log in self._logs:  # they go with the last connection, and are created again
                self._seen.pop(log, None)
        self._open.add(id(entry))

    def remove(self, entry: ConnectionPoolEntry) -> None:
        self._open.discard(id(entry))

    def look(self, *, with_log: bool = True) -> None:
        """Check the files. Raises FileGoneError."""
        for path in (self._file, *self._logs) if with_log else (self._file,):
            found, known = _state_of(path), self._seen.get(path)
            if known is not None and (found is None or self._was_replaced(path, found, known)):
                raise FileGoneError("store.file_gone", path=path)
            self._seen[path] = found

    def _was_replaced(self, path: str, found: FileState, known: FileState) -> bool:
        """Whether the path leads to another file, or the database is shorter: only overwriting or emptying it
        does that.
        """
        return found[0] != known[0] or (path == self._file and found[1] < known[1])


def _state_of(path: str) -> FileState | None:  # at each transaction: not by pathlib, which takes longer
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_dev, found.st_ino), found.st_size


def _make_private(path: Path, *, may_create: bool) -> None:
    """Set the file's mode to 0600, which SQLite copies to the files it creates beside it."""
    if may_create and not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    if not path.is_file():
        raise sqlite3.OperationalError(f"there is no database {path}")
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if each.is_file() and each.stat().st_mode & 0o077 and each.stat().st_uid == os.geteuid():
            each.chmod(0o600)
