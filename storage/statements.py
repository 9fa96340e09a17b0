"""How Core statements are built and run: constants of a module, with a ``bindparam`` for each value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Insert,
    Row,
    Select,
    Table,
    bindparam,
    literal_column,
)

from storage.transaction import Tx

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

R = TypeVar("R")
InsertOrUpdate: TypeAlias = "sqlite.Insert | postgresql.Insert"


def execute(tx: Tx, statement: Executable, /, **params: Any) -> CursorResult[*tuple[Any, ...]]:  # noqa: ANN401
    """Run a statement that was built once, with these values."""
    return tx.execute(statement, params)


def execute_many(tx: Tx, statement: Executable, many: Sequence[Mapping[str, Any]]) -> None:
    """Run the statement for each of these sets of values."""
    if many:
        tx.execute(statement, many)


def fetch_many(
    tx: Tx, statement: Executable, many: Sequence[Mapping[str, Any]]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Run the statement for each of these sets of values; the rows it returns, in no order."""
    return tx.execute(statement, many).all() if many else []


def fetch(tx: Tx, statement: Executable, make: Callable[..., R], /, **params: Any) -> list[R]:  # noqa: ANN401
    """All rows of ``execute``, built by ``make`` from their columns."""
    return [make(*row) for row in execute(tx, statement, **params).all()]


def fetch_one(tx: Tx, statement: Executable, make: Callable[..., R], /, **params: Any) -> R | None:  # noqa: ANN401
    """The first row, if there is one."""
    row = execute(tx, statement, **params).first()
    return make(*row) if row is not None else None


def literals(values: Iterable[str]) -> list[ColumnElement[str]]:
    """Constant codes as literals, for ``in_``: a bound list would be expanded at each execution, and SQLite
    uses a partial index only for literals."""
    return [literal_column(f"'{value}'") for value in values]


class Upsert:
    """INSERT ... ON CONFLICT of ``columns``, whose syntax SQLAlchemy has per database; ``build`` says what it
    does on a conflict. The values are parameters, or come from the rows that ``of`` selects.
    """

    def __init__(
        self,
        table: Table,
        columns: Iterable[str],
        build: Callable[[InsertOrUpdate], Insert],
        *,
        of: Select[*tuple[Any, ...]] | None = None,
    ) -> None:
        self._table = table
        self._values: dict[str, Any] = {name: bindparam(name) for name in columns}
        self._of = of
        self._build = build
        self._by_dialect: dict[str, Insert] = {}

    def run(self, tx: Tx, **values: Any) -> CursorResult[*tuple[Any, ...]]:  # noqa: ANN401
        return execute(tx, self._for(tx), **values)

    def run_many(self, tx: Tx, many: Sequence[Mapping[str, Any]]) -> None:
        execute_many(tx, self._for(tx), many)

    def fetch_many(self, tx: Tx, many: Sequence[Mapping[str, Any]]) -> Sequence[Row[*tuple[Any, ...]]]:
        return fetch_many(tx, self._for(tx), many)

    def _for(self, tx: Tx) -> Insert:
        dialect = tx.dialect.name
        if dialect not in self._by_dialect:
            # Only the dialect that is used is imported: PostgreSQL's takes 2 MB.
            insert = import_module(f"sqlalchemy.dialects.{dialect}").insert
            added = insert(self._table)
            new = (
                added.values(self._values)
                if self._of is None
                else added.from_select([*self._values], self._of)
            )
            self._by_dialect[dialect] = self._build(new)
        return self._by_dialect[dialect]


def or_keep(table: Table, columns: Iterable[str], *, of: Select[*tuple[Any, ...]] | None = None) -> Upsert:
    """Add a row, or those that ``of`` selects, unless one with the same unique key exists."""
    return Upsert(table, columns, lambda insert: insert.on_conflict_do_nothing(), of=of)
