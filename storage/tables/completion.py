"""What stays of an offering that has ended."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class UseAnswer(Base):
    """What somebody chose for a question on use in the closing message; ``key`` is the question's. Only
    counts of five and more are ever shown."""

    __tablename__ = "use_answer"
    __table_args__ = (Index("ix_use_answer_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    choice: Mapped[int]
    answered_at: Mapped[datetime]


class Certificate(Base):
    """A certificate of participation that somebody asked for. What it says of sessions is read from
    attendance when it is opened. ``name`` is as the person gave it; ``code`` verifies it in public, ``token``
    opens it for who has it."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("person_id", "offering_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    code: Mapped[str] = mapped_column(String(24), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
