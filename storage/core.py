"""How hot statements run: through SQLAlchemy Core, built once, giving rows instead of entities.

A statement that is built anew each time costs more than the database needs to answer it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlalchemy.orm import Session


def execute(tx: Session, statement: Executable, params: Mapping[str, Any]) -> CursorResult[Any]:
    """Run a prepared statement with its ``bindparam`` values, after whatever was changed as entities."""
    tx.flush()
    return tx.connection().execute(statement, params)
