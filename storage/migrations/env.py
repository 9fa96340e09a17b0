"""Alembic's way in: runs the migrations of ``versions/`` in ``storage.migrate``'s transaction."""

from typing import Literal

from alembic import context

from storage.tables import Instant, metadata


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations must not depend on today's code: our own column type is written as what it is."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
