"""Polls on the time of a session."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class TimePoll(Base):
    """The times that a session may move to, as texts (``2019-04-24 12:30 16:00``), the first of them the one
    that it had when it was asked; and who asked."""

    __tablename__ = "time_poll"
    __table_args__ = (
        Index("ix_time_poll_offering", "offering_id"),
        Index("ix_time_poll_asked_by", "asked_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    number: Mapped[int]
    times: Mapped[list[str]] = mapped_column(JSON)
    asked_by: Mapped[str | None] = mapped_column(String(32))
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class TimeAnswer(Base):
    """Which of a poll's times, by their place in its list, suit somebody; an empty list: none does."""

    __tablename__ = "time_answer"
    __table_args__ = (Index("ix_time_answer_person", "person_id"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("time_poll.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    times: Mapped[list[int]] = mapped_column(JSON)
    answered_at: Mapped[datetime]
