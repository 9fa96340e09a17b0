"""INSERT ... ON CONFLICT, which SQLAlchemy spells per database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables import Base


def insert_for(tx: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT on this session's database that knows ON CONFLICT."""
    if tx.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_or_keep(tx: Session, table: type[Base], values: Mapping[str, Any]) -> None:
    """Add a row; where a unique key is taken, the row that is there stays."""
    tx.execute(insert_for(tx, table).values(values).on_conflict_do_nothing())
