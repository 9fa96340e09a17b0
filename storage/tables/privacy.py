"""The privacy notice."""

from sqlalchemy import (
    Column,
    Integer,
    String,
    Table,
)

from storage.tables.base import Instant, metadata

NoticeVersion = Table(
    "notice_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("noted_at", Instant, nullable=False),
)
"""A version of the privacy notice that Kaiku has run with; ``digest`` names its content."""
