"""What facilitators write to the people of an offering."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Letter(Base):
    """A letter by one facilitator. ``text`` by language; ``form_key`` names the form that it came from: sent
    again, that form is this letter. Its deliveries name it as their occurrence."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'confirmed', 'withdrawn')", name="state_known"),
        Index("ix_letter_form", "author", "form_key", unique=True),
        Index("ix_letter_offering", "offering_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    author: Mapped[str] = mapped_column(String(32))
    audience: Mapped[str] = mapped_column(String(12))
    session: Mapped[int | None]
    text: Mapped[dict[str, str]]
    in_office_hours: Mapped[bool]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    made_at: Mapped[datetime]
    form_key: Mapped[str | None] = mapped_column(String(32))
