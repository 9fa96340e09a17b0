"""What the tables share. Instants are aware UTC and end in ``_at``; dates end in ``_on``."""

from datetime import UTC, datetime

from sqlalchemy import (
    DateTime,
    Dialect,
    Index,
    MetaData,
    TypeDecorator,
    text,
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; a naive one is a programming error and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: instants are aware UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of some rows only, on both databases: the migrations create it.

    Here the condition is said to SQLite alone, because naming PostgreSQL would load its dialect (2 MB).
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where))
