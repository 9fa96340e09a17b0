"""Prompts and what people chose about them."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from storage.tables.base import Instant, metadata

Prompt = Table(
    "prompt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), nullable=False),
    Column("series", String(40)),
    Column("author", String(32)),
    Column("moment", String(12), nullable=False),
    Column("questions", JSON, nullable=False),
    Column("library_key", String(80)),
    Column("after_session", Integer),
    Column("before_session", Integer),
    Column("working_days", Integer),
    Column("at", Instant),
    Column("audience", String(12), default="seated", nullable=False),
    Column("has_reminder", Boolean, default=True, nullable=False),
    Column("channel", String(32)),
    Column("in_thread", Boolean, default=False, nullable=False),
    Column("state", String(12), default="planned", nullable=False),
    Column("replaces", Integer),
    Column("made_at", Instant, nullable=False),
    Column("form_key", String(32)),
    UniqueConstraint("offering_id", "series"),
    Index("ix_prompt_form", "author", "form_key", unique=True),
    CheckConstraint("state in ('draft', 'planned', 'cancelled', 'stopped')", name="state_known"),
)
"""A question sent to an offering's people between sessions, or posted to a channel as a round.

``series`` names its place in the offering's own series (``2/midpoint``: between sessions 2 and 3), None for
one that a facilitator wrote. Its due time follows from ``after_session`` or ``before_session`` with
``working_days``, or is ``at``. ``questions`` are kept as they were asked: answers refer to them. A draft that
``replaces`` another prompt becomes that one once it is confirmed. ``form_key`` names the form that made the
prompt: submitted again, that form makes no second one.
"""


SavedPrompt = Table(
    "saved_prompt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("strand_id", Integer, ForeignKey("strand.id", ondelete="CASCADE"), index=True, nullable=False),
    Column("author", String(32), nullable=False),
    Column("moment", String(12), default="any", server_default="any", nullable=False),
    Column("questions", JSON, nullable=False),
    Column("saved_at", Instant, nullable=False),
)
"""A facilitator's own prompt, saved into the library of its strand."""


PromptChoice = Table(
    "prompt_choice",
    metadata,
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("frequency", String(8), default="all", nullable=False),
    Column("paused_until", Date),
    Column("hour", Integer),
    Column("away_until", Instant),
    Column("asked_to_fade_at", Instant),
)
"""What a person chose about prompts; people without a row chose nothing. ``away_until`` comes from Slack."""


PreparationDates = Table(
    "preparation_dates",
    metadata,
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("asking_on", Date),
    Column("receiving_on", Date),
    Column("discussion_on", Date),
)
"""The dates that a person entered for preparing their own feedback and development discussion."""


StalePrompts = Table(
    "stale_prompts",
    metadata,
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("retry_at", Instant),
    Column("tries", Integer, default=0, server_default="0", nullable=False),
    Column("reason", String(200)),
)
"""People whose prompts must be planned again, because something that the plan depends on has changed.

After failed planning the person is set aside until ``retry_at``, for ``reason``, with the number of
``tries``.
"""
