"""Removes what a transaction erased from the database's log and pages.

SQLite keeps old pages in its log until a checkpoint truncates it, which a reader can prevent; PostgreSQL
keeps deleted rows until the table is rewritten. The removal runs right after the commit, and again until it
succeeds. See docs/decisions/0006-encryption.md.
"""

import logging
import sqlite3
import threading
from contextlib import closing

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError

from storage.tables import AccessNeed, PersonKey, Reflection, ReflectionDraft, SuccessCase
from storage.transaction import Tx

log = logging.getLogger(__name__)

_MARK = "kaiku_erases"
_SEALED = (PersonKey, Reflection, ReflectionDraft, AccessNeed, SuccessCase)
"""What people wrote, and their keys: each may be deleted alone, and the key would open the old row."""
_WAIT_MILLISECONDS = 100
"""Kept short: the person waits for the answer, and on SQLite all other writers wait too."""


def mark_erasing(tx: Tx) -> None:
    """Mark the transaction: what it deletes must leave no trace after the commit."""
    tx.info[_MARK] = True


class Traces:
    """Remembers whether traces of an erasure are left, and removes them. ``by_pooler``: database sessions are
    shared with others.
    """

    def __init__(self, engine: Engine, *, by_pooler: bool = False) -> None:
        self._engine = engine
        self._by_pooler = by_pooler
        self._removing = threading.Lock()
        self.are_left = False

        @event.listens_for(engine, "commit")
        def on_commit(connection: Connection) -> None:
            if connection.info.pop(_MARK, False):
                self.are_left = True

        @event.listens_for(engine, "rollback")
        def on_rollback(connection: Connection) -> None:
            connection.info.pop(_MARK, None)

    def remove(self) -> None:
        """Remove the traces, unless something prevents it; then they stay ``are_left``."""
        if not self.are_left or not self._removing.acquire(blocking=False):
            return
        try:
            self.are_left = False
            if not self._remove():
                self.are_left = True
        except DBAPIError as error:
            # The erasure is committed. A reader or an unavailable database only delays this step.
            self.are_left = True
            log.warning("traces of an erasure are left: %s", error.orig, extra={"action": "traces_left"})
        finally:
            self._removing.release()

    def _remove(self) -> bool:
        if self._engine.dialect.name == "sqlite":
            return self._truncate_log()
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self._by_pooler:  # the setting would stay for the session's next user
                _rewrite(connection)
                return True
            connection.execute(text(f"SET lock_timeout = {_WAIT_MILLISECONDS}"))
            try:
                _rewrite(connection)
            finally:
                connection.execute(text("RESET lock_timeout"))
        return True

    def _truncate_log(self) -> bool:
        with closing(self._engine.raw_connection()) as pooled, closing(pooled.cursor()) as cursor:
            cursor.execute("PRAGMA busy_timeout")
            (usual,) = cursor.fetchone() or (0,)
            cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MILLISECONDS}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy, *_ = cursor.fetchone() or (1,)
            except sqlite3.OperationalError:  # another process does the same, or writes
                return False
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {usual}")
        return not busy


def _rewrite(connection: Connection) -> None:
    for table in _SEALED:
        connection.execute(text(f"VACUUM (FULL) {table.name}"))
    if connection.scalar(text(_MAY_CHECKPOINT)):
        connection.execute(text("CHECKPOINT"))


_MAY_CHECKPOINT = """
select rolsuper or exists (
  select from pg_roles as allowed
  where allowed.rolname = 'pg_checkpoint' and pg_has_role(current_user, allowed.oid, 'usage')
) from pg_roles where rolname = current_user
"""
