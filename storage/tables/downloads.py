"""Single-use downloads."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from storage.tables.base import Instant, metadata

Download = Table(
    "download",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("about", String(80), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_download_person", "person_id"),
    Index("ix_download_expires", "expires_at"),
)
"""One secret address, of which only the digest is stored. ``about`` is the subject of the file."""
