"""What people wrote, encrypted, and their keys."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from storage.tables.base import Instant, metadata

PersonKey = Table(
    "person_key",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_with", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
)
"""A person's own key, itself encrypted with the key that ``made_with`` is the fingerprint of.

Destroying the row makes everything the person wrote unreadable, in every backup too that is made without it;
KAIKU_SECRET_KEY protects those made before.
"""


Reflection = Table(
    "reflection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("prompt_id", Integer, ForeignKey("prompt.id", ondelete="CASCADE")),
    Column("sealed", LargeBinary, nullable=False),
    Column("shared", String(12), default="private", nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("form_key", String(32)),
    UniqueConstraint("person_id", "prompt_id"),
    CheckConstraint("shared in ('private', 'facilitators', 'group')", name="shared_known"),
    Index("ix_reflection_prompt", "prompt_id"),
    Index("ix_reflection_form", "person_id", "form_key", unique=True),
    sqlite_autoincrement=True,
)
"""What a person wrote, encrypted with their own key. ``prompt_id`` is None for free writing; then
``form_key`` names the form that made it: submitted again, that form makes no second one.
"""


ReflectionDraft = Table(
    "reflection_draft",
    metadata,
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("about", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
)
"""What a person has typed into a form and not submitted; encrypted like a reflection. ``about`` is the
prompt's id, or 0 for free writing.
"""
