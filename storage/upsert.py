"""INSERT ... ON CONFLICT, which SQLAlchemy spells per database."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.core import execute
from storage.tables import Base

Insert = sqlite.Insert | postgresql.Insert


class Upsert:
    """A prepared INSERT ... ON CONFLICT; ``build`` says what it does, once for each database."""

    def __init__(self, table: type[Base], build: Callable[[Insert], Insert]) -> None:
        self._statements = {
            "sqlite": build(sqlite.insert(table)),
            "postgresql": build(postgresql.insert(table)),
        }

    def run(self, tx: Session, values: Mapping[str, Any]) -> None:
        execute(tx, self._statements[tx.connection().dialect.name], values)


def or_keep(table: type[Base]) -> Upsert:
    """Add a row; where a unique key is taken, the row that is there stays."""
    return Upsert(table, lambda insert: insert.on_conflict_do_nothing())
