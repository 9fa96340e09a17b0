"""Prompts and what people chose about them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Prompt(Base):
    """A question sent to an offering's people between sessions, or put to a channel as a round.

    ``series`` names its place in the offering's own series (``2/midpoint``: between sessions 2 and 3), None
    for one that a facilitator wrote. When it is due follows from ``after_session`` or ``before_session`` with
    ``working_days``, or is ``at``. ``questions`` are kept as they were asked: answers refer to them.
    A draft that ``replaces`` another becomes that one once it is confirmed. ``form_key`` names the form that
    it came from: sent again, that form is this prompt.
    """

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("offering_id", "series"),
        Index("ix_prompt_form", "author", "form_key", unique=True),
        CheckConstraint("state in ('draft', 'planned', 'cancelled', 'stopped')", name="state_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    series: Mapped[str | None] = mapped_column(String(40))
    author: Mapped[str | None] = mapped_column(String(32))
    moment: Mapped[str] = mapped_column(String(12))
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    library_key: Mapped[str | None] = mapped_column(String(80))
    after_session: Mapped[int | None]
    before_session: Mapped[int | None]
    working_days: Mapped[int | None]
    at: Mapped[datetime | None]
    audience: Mapped[str] = mapped_column(String(12), default="seated")
    has_reminder: Mapped[bool] = mapped_column(default=True)
    channel: Mapped[str | None] = mapped_column(String(32))
    in_thread: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="planned")
    replaces: Mapped[int | None]
    made_at: Mapped[datetime]
    form_key: Mapped[str | None] = mapped_column(String(32))


class SavedPrompt(Base):
    """A facilitator's own prompt, saved into the library of its strand."""

    __tablename__ = "saved_prompt"

    id: Mapped[int] = mapped_column(primary_key=True)
    strand_id: Mapped[int] = mapped_column(ForeignKey("strand.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(32))
    moment: Mapped[str] = mapped_column(String(12), default="any", server_default="any")
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    saved_at: Mapped[datetime]


class PromptChoice(Base):
    """What a person chose about prompts; people without a row chose nothing. ``away_until``
    comes from Slack."""

    __tablename__ = "prompt_choice"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    frequency: Mapped[str] = mapped_column(String(8), default="all")
    paused_until: Mapped[date | None] = mapped_column(Date)
    hour: Mapped[int | None]
    away_until: Mapped[datetime | None]
    asked_to_fade_at: Mapped[datetime | None]


class PreparationDates(Base):
    """The dates that a person named for preparing their own feedback and development discussion."""

    __tablename__ = "preparation_dates"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    asking_on: Mapped[date | None] = mapped_column(Date)
    receiving_on: Mapped[date | None] = mapped_column(Date)
    discussion_on: Mapped[date | None] = mapped_column(Date)


class StalePrompts(Base):
    """People whose prompts are to be planned anew, because something they follow from has changed.

    One whose planning failed is set aside until ``retry_at``, for ``reason``, after so many ``tries``.
    """

    __tablename__ = "stale_prompts"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    retry_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    reason: Mapped[str | None] = mapped_column(String(200))
