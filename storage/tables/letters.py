"""Facilitators' letters to the people of an offering."""

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from storage.tables.base import Instant, metadata

Letter = Table(
    "letter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), nullable=False),
    Column("author", String(32), nullable=False),
    Column("audience", String(12), nullable=False),
    Column("session", Integer),
    Column("text", JSON, nullable=False),
    Column("in_office_hours", Boolean, nullable=False),
    Column("state", String(12), default="draft", nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("form_key", String(32)),
    CheckConstraint("state in ('draft', 'confirmed', 'withdrawn')", name="state_known"),
    Index("ix_letter_form", "author", "form_key", unique=True),
    Index("ix_letter_offering", "offering_id"),
    sqlite_autoincrement=True,
)
"""A letter by one facilitator. ``text`` is by language. ``form_key`` names the form that made the letter:
submitted again, that form makes no second one. The letter's deliveries have its id as their occurrence.
"""
