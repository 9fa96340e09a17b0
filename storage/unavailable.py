"""The errors of an unavailable database, and how the drivers report it."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from storage.sqlite_file import FileGoneError

LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's error code when waiting for a lock took too long."""


READ_ONLY = "25006"
OF_THE_DATABASE = {READ_ONLY, "42501", "42P01", "XX001", "XX002"}
"""PostgreSQL's error codes for a changed database: read-only, like a standby after a failover; closed to
Kaiku; emptied; damaged. SQLite reports each of these as an operational error.
"""


class StoreUnavailableError(Exception):
    """The database could not be reached or stayed locked. Nothing was written."""


class StoreOutcomeUnknownError(StoreUnavailableError):
    """The commit was sent and not answered: the work may be done or not."""


def is_about_the_connection(error: Exception) -> bool:
    """Whether the error is the database's, not the statement's."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    orig = getattr(error, "orig", None)
    code = getattr(orig, "sqlite_errorcode", 0) & 0xFF
    written_over = code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    return written_over or getattr(orig, "sqlstate", None) in OF_THE_DATABASE


def is_locked(error: Exception) -> bool:
    """Whether another transaction held a lock for too long."""
    orig = getattr(error, "orig", None)
    busy = getattr(orig, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return busy or getattr(orig, "sqlstate", None) == LOCK_NOT_AVAILABLE


def is_refused_write(error: Exception) -> bool:
    """Whether a read-only transaction tried to write: a programming error, not an unavailable database."""
    orig = getattr(error, "orig", None)
    code = getattr(orig, "sqlite_errorcode", 0)  # the extended code: a read-only file has another
    return code == sqlite3.SQLITE_READONLY or getattr(orig, "sqlstate", None) == READ_ONLY


def translated(error: Exception) -> Exception:
    """StoreUnavailableError for an error that means that; any other error unchanged."""
    if isinstance(error, FileGoneError):
        told = str(error)
    elif isinstance(error, DBAPIError) and is_about_the_connection(error):
        told = str(error.orig)
    else:
        return error
    unavailable = StoreUnavailableError(told)
    unavailable.__cause__ = error
    return unavailable
