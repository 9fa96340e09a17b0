"""What is kept of an offering that has ended."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from storage.tables.base import Instant, metadata

UseAnswer = Table(
    "use_answer",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("choice", Integer, nullable=False),
    Column("answered_at", Instant, nullable=False),
    Index("ix_use_answer_person", "person_id"),
)
"""A person's choice for a question on use in the closing message; ``key`` is the question's. Only counts of
five and more are ever shown.
"""


Certificate = Table(
    "certificate",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), index=True, nullable=False),
    Column("name", String(200), nullable=False),
    Column("language", String(2), nullable=False),
    Column("code", String(24), unique=True, nullable=False),
    Column("token", String(64), unique=True, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("person_id", "offering_id"),
)
"""A certificate of participation that a person requested. What it says about sessions is read from attendance
when it is opened. ``name`` is as the person entered it; ``code`` verifies it in public, ``token`` opens it
for its holder.
"""
