"""What people wrote, encrypted, and their keys."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class PersonKey(Base):
    """A person's own key, itself encrypted with the key that ``made_with`` is the fingerprint of.

    Destroying the row makes everything the person wrote unreadable, in every backup too that is made
    without it; KAIKU_SECRET_KEY protects those made before.
    """

    __tablename__ = "person_key"

    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_with: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]


class Reflection(Base):
    """What a person wrote, encrypted with their own key. ``prompt_id`` is None when they wrote freely; then
    ``form_key`` names the form it came from: sent again, that form is this reflection."""

    __tablename__ = "reflection"
    __table_args__ = (
        UniqueConstraint("person_id", "prompt_id"),
        CheckConstraint("shared in ('private', 'facilitators', 'group')", name="shared_known"),
        Index("ix_reflection_prompt", "prompt_id"),
        Index("ix_reflection_form", "person_id", "form_key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    prompt_id: Mapped[int | None] = mapped_column(ForeignKey("prompt.id", ondelete="CASCADE"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    shared: Mapped[str] = mapped_column(String(12), default="private")
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    form_key: Mapped[str | None] = mapped_column(String(32))


class ReflectionDraft(Base):
    """What a person has typed into a form and not sent yet; encrypted like a reflection. ``about`` is the
    prompt's id, or 0 for writing freely."""

    __tablename__ = "reflection_draft"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    about: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]
