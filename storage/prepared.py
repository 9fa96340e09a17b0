"""Hot statements: written in SQLAlchemy's language, compiled once, run on the driver's cursor.

SQLAlchemy takes several times longer to build, look up and wrap a small statement than the database to
answer it (docs/performance.md). What it knows of types and of each database's spelling stays in use;
what falls away is what it does again at every execution.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Executable,
    Insert,
    SelectBase,
    Update,
    literal_column,
)
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from storage.transaction import Tx

R = TypeVar("R")
Process = Callable[[Any], Any]
Statement = SelectBase | Insert | Update


def execute(tx: Tx, statement: Executable, params: Mapping[str, Any]) -> CursorResult[Any]:
    """Run any statement with its ``bindparam`` values, after whatever was changed as entities."""
    tx.flush()
    return tx.connection().execute(statement, params)


def written_out(values: Iterable[str]) -> list[ColumnElement[str]]:
    """Codes of ours as they stand in the text of a statement, for ``in_``: a bound list would be expanded
    anew each time, and a partial index serves only what is written out."""
    return [literal_column(f"'{value}'") for value in values]


class Prepared(Generic[R]):
    """A statement whose values are all ``bindparam``s or constants, none of them a list.

    ``row`` makes something of each row that it returns, such as a named tuple's ``_make``. An INSERT
    names every column that has a default in Python. One that databases spell differently comes as a
    mapping by the dialect's name. ``repeats``: the same rows come again and again, so what was made of a
    row is used again for one that is equal to it in every value. Errors are SQLAlchemy's own, as from
    a session.
    """

    def __init__(
        self,
        statement: Statement | Mapping[str, Statement],
        row: Callable[[Iterable[Any]], R],
        *,
        repeats: bool = False,
    ) -> None:
        self._statement = statement
        self._row = row
        self._repeats = repeats
        self._forms: dict[str, _Form[R]] = {}

    def all(self, tx: Tx, **params: Any) -> list[R]:  # noqa: ANN401 - whatever the columns hold
        """Every row."""
        form, rows = self._run(tx, params)
        return [form.row(row) for row in rows]

    def first(self, tx: Tx, **params: Any) -> R | None:  # noqa: ANN401
        """The first row, if there is one."""
        form, rows = self._run(tx, params)
        return form.row(rows[0]) if rows else None

    def run(self, tx: Tx, **params: Any) -> None:  # noqa: ANN401
        """For what returns nothing."""
        self._run(tx, params)

    def run_many(self, tx: Tx, many: Iterable[Mapping[str, Any]]) -> None:
        """The same for each of these sets of values."""
        connection, cursor = _cursor_of(tx)
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect)
        values: Any = [form.values(params) for params in many]
        try:
            cursor.executemany(form.sql, values)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, form.sql, connection) from error

    def _run(self, tx: Tx, params: Mapping[str, Any]) -> "tuple[_Form[R], Sequence[Sequence[Any]]]":
        connection, cursor = _cursor_of(tx)
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect)
        try:
            cursor.execute(form.sql, form.values(params))
            rows: Sequence[Sequence[Any]] = cursor.fetchall() if form.returns else ()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, form.sql, connection) from error
        return form, rows

    def _compile(self, dialect: Dialect) -> "_Form[R]":
        spelt = self._statement
        statement = spelt[dialect.name] if isinstance(spelt, Mapping) else spelt
        form = _Form(statement, dialect, self._row)
        if self._repeats:
            form.row = _remembering(form.row)
        self._forms[dialect.name] = form
        return form


class _Form(Generic[R]):
    """A statement as one database takes it."""

    def __init__(self, statement: Statement, dialect: Dialect, make: Callable[[Iterable[Any]], R]) -> None:
        compiled = statement.compile(dialect=dialect)
        assert not compiled.insert_prefetch, f"no value for {compiled.insert_prefetch}"
        self.sql = compiled.string
        self._is_positional = compiled.positional
        self._binds: list[tuple[str, Process | None]] = []
        self._constants: dict[str, Any] = {}
        for name in compiled.positiontup or list(compiled.bind_names.values()):
            bind = compiled.binds[name]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            self._binds.append((name, process if bind.required else None))
            if not bind.required:
                self._constants[name] = process(bind.value) if process else bind.value
        columns = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
        found = [(place, type_.result_processor(dialect, None)) for place, type_ in enumerate(columns)]
        self._converted = [(place, process) for place, process in found if process is not None]
        self.returns = bool(columns)
        self._make = make
        self.row: Callable[[Sequence[Any]], R] = self._convert if self._converted else make

    def values(self, params: Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
        """The statement's values as the driver wants them. Raises KeyError when one is missing."""
        given = {**self._constants, **params} if self._constants else params
        if self._is_positional:
            return [process(given[name]) if process else given[name] for name, process in self._binds]
        return {name: process(given[name]) if process else given[name] for name, process in self._binds}

    def _convert(self, row: Sequence[Any]) -> R:
        values = list(row)
        for place, process in self._converted:
            values[place] = process(values[place])
        return self._make(values)


def _remembering(make: Callable[[Any], R]) -> Callable[[Any], R]:
    remembered = lru_cache(maxsize=500)(make)

    def row(values: Any) -> R:  # noqa: ANN401
        try:
            return remembered(values)
        except TypeError:  # PostgreSQL's driver has read the JSON already, and that can't be a key
            return make(values)

    return row


def _cursor_of(tx: Tx) -> tuple[Connection, DBAPICursor]:
    """The transaction's connection and a cursor on it, the same one each time: rows are always all fetched.
    What was changed as entities is written first, or the statement would not see it."""
    tx.flush()
    connection = tx.connection()
    known, cursor = tx.info.get("cursor", (None, None))
    if known is not connection:
        cursor = connection.connection.cursor()
        tx.info["cursor"] = connection, cursor
    assert cursor is not None
    return connection, cursor


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
