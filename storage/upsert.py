"""INSERT ... ON CONFLICT, which SQLAlchemy spells per database."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Insert as AnyInsert
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import Prepared
from storage.tables import Base
from storage.transaction import Tx

Insert = sqlite.Insert | postgresql.Insert


class Upsert:
    """A prepared INSERT ... ON CONFLICT of ``columns``; ``build`` says what it does on a conflict."""

    def __init__(
        self, table: type[Base], columns: Iterable[str], build: Callable[[Insert], AnyInsert]
    ) -> None:
        values: dict[str, Any] = {name: bindparam(name) for name in columns}
        self._statement: Prepared[tuple[Any, ...]] = Prepared(
            {
                "sqlite": build(sqlite.insert(table).values(values)),
                "postgresql": build(postgresql.insert(table).values(values)),
            },
            tuple,
        )

    def run(self, tx: Tx, values: Mapping[str, Any]) -> None:
        self._statement.run(tx, **values)

    def first(self, tx: Tx, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """What it returns, if it did anything."""
        return self._statement.first(tx, **values)

    def run_many(self, tx: Tx, many: Iterable[Mapping[str, Any]]) -> None:
        self._statement.run_many(tx, many)


def or_keep(table: type[Base], columns: Iterable[str]) -> Upsert:
    """Add a row; where a unique key is taken, the row that is there stays."""
    return Upsert(table, columns, lambda insert: insert.on_conflict_do_nothing())
