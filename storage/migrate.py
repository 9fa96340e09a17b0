"""The schema's version: is the database as this code needs it, and how to bring it there."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import URL

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaState(Enum):
    CURRENT = "current"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"


def revisions() -> list[str]:
    """Known revisions, oldest first: the leading number of each migration's file name.

    Read from file names, because importing Alembic costs more than the rest of the start-up check.
    """
    return sorted(path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def schema_state(engine: Engine) -> SchemaState:
    """How the database's schema relates to this code. Raises OperationalError when it is away."""
    with engine.execution_options(read_only=True).connect() as connection:  # a look waits for no writer
        if not inspect(connection).has_table("alembic_version"):
            return SchemaState.EMPTY
        found = connection.execute(text("select version_num from alembic_version")).scalar()
    known = revisions()
    if found == known[-1]:
        return SchemaState.CURRENT
    if found is None:
        return SchemaState.EMPTY
    return SchemaState.OLDER if found in known else SchemaState.NEWER


def upgrade(url: URL, revision: str = "head") -> None:
    """Apply the migrations up to ``revision``."""
    from alembic import command  # noqa: PLC0415 - slow to import, needed only here

    command.upgrade(_config(url), revision)


def downgrade(url: URL, revision: str) -> None:
    """Undo the migrations down to ``revision`` (``base`` for an empty database)."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(_config(url), revision)


def _config(url: URL) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
