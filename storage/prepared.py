"""Hot statements: written in SQLAlchemy's language, compiled once, run on the driver's cursor.

SQLAlchemy takes several times longer to build, look up and wrap a small statement than the database to
answer it (docs/performance.md). What it knows of types and of each database's spelling stays in use;
what falls away is what it does again at every execution.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Executable, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

R = TypeVar("R")
Process = Callable[[Any], Any]
Statement = Select[*tuple[Any, ...]] | Insert | Update


def execute(tx: Session, statement: Executable, params: Mapping[str, Any]) -> CursorResult[Any]:
    """Run any statement with its ``bindparam`` values, after whatever was changed as entities."""
    tx.flush()
    return tx.connection().execute(statement, params)


class Prepared(Generic[R]):
    """A statement whose values are all ``bindparam``s or constants, none of them a list.

    ``row`` makes something of each row that it returns, such as a named tuple's ``_make``. An INSERT
    names every column that has a default in Python. One that databases spell differently comes as a
    mapping by the dialect's name. Errors are SQLAlchemy's own, as from a session.
    """

    def __init__(
        self, statement: Statement | Mapping[str, Statement], row: Callable[[Iterable[Any]], R]
    ) -> None:
        self._statement = statement
        self._row = row
        self._forms: dict[str, _Form] = {}

    def all(self, tx: Session, **params: Any) -> list[R]:  # noqa: ANN401 - whatever the columns hold
        """Every row."""
        return [self._row(row) for row in self._run(tx, params)]

    def first(self, tx: Session, **params: Any) -> R | None:  # noqa: ANN401
        """The first row, if there is one."""
        rows = self._run(tx, params)
        return self._row(rows[0]) if rows else None

    def run(self, tx: Session, **params: Any) -> None:  # noqa: ANN401
        """For what returns nothing."""
        self._run(tx, params)

    def run_many(self, tx: Session, many: Iterable[Mapping[str, Any]]) -> None:
        """The same for each of these sets of values."""
        with self._cursor(tx) as (cursor, form):
            values: Any = [form.values(params) for params in many]
            cursor.executemany(form.sql, values)

    def _run(self, tx: Session, params: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        with self._cursor(tx) as (cursor, form):
            cursor.execute(form.sql, form.values(params))
            rows: Sequence[Sequence[Any]] = cursor.fetchall() if form.columns is not None else ()
        return [form.converted(row) for row in rows] if form.columns else rows

    @contextmanager
    def _cursor(self, tx: Session) -> Iterator[tuple[DBAPICursor, "_Form"]]:
        tx.flush()
        connection = tx.connection()
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            yield cursor, form
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, form.sql, connection) from error
        finally:
            cursor.close()

    def _compile(self, dialect: Dialect) -> "_Form":
        spelt = self._statement
        form = _Form.of(spelt[dialect.name] if isinstance(spelt, Mapping) else spelt, dialect)
        self._forms[dialect.name] = form
        return form


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one database takes it. ``binds``: name and conversion of each value, in order;
    ``constants`` are converted already; ``columns``: place and conversion of those that need one, None
    when nothing is returned."""

    sql: str
    binds: Sequence[tuple[str, Process | None]]
    constants: Mapping[str, Any]
    is_positional: bool
    columns: Sequence[tuple[int, Process]] | None

    @classmethod
    def of(cls, statement: Statement, dialect: Dialect) -> "_Form":
        compiled = statement.compile(dialect=dialect)
        assert not compiled.insert_prefetch, f"no value for {compiled.insert_prefetch}"
        names = compiled.positiontup or list(compiled.bind_names.values())
        binds: list[tuple[str, Process | None]] = []
        constants = {}
        for name in names:
            bind = compiled.binds[name]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                binds.append((name, process))
            else:
                binds.append((name, None))
                constants[name] = process(bind.value) if process else bind.value
        found = [
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(statement.exported_columns)
        ]
        columns = [(place, process) for place, process in found if process is not None] if found else None
        return cls(compiled.string, binds, constants, bool(compiled.positional), columns)

    def values(self, params: Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
        """The statement's values as the driver wants them. Raises KeyError when one is missing."""
        given = {**self.constants, **params} if self.constants else params
        if self.is_positional:
            return [process(given[name]) if process else given[name] for name, process in self.binds]
        return {name: process(given[name]) if process else given[name] for name, process in self.binds}

    def converted(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, process in self.columns or ():
            values[place] = process(values[place])
        return values


def _wrapped(error: Any, sql: str, connection: Connection) -> Exception:  # noqa: ANN401 - of any driver
    """The driver's error as a session would have raised it; a lost connection is not used again."""
    dialect = connection.dialect
    if is_lost := dialect.is_disconnect(error, connection.connection.driver_connection, None):
        connection.invalidate(error)
    wrapped: Exception = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
    return wrapped
