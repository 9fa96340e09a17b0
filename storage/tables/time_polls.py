"""Polls on the time of a session."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from storage.tables.base import Instant, metadata

TimePoll = Table(
    "time_poll",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("times", JSON, nullable=False),
    Column("asked_by", String(32)),
    Column("asked_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index("ix_time_poll_offering", "offering_id"),
    Index("ix_time_poll_asked_by", "asked_by"),
)
"""The times that a session may move to, as texts (``2019-04-24 12:30 16:00``), the first of them its time
when the poll began; and who asked.
"""


TimeAnswer = Table(
    "time_answer",
    metadata,
    Column("poll_id", Integer, ForeignKey("time_poll.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("times", JSON, nullable=False),
    Column("answered_at", Instant, nullable=False),
    Index("ix_time_answer_person", "person_id"),
)
"""The times of a poll that suit somebody, by their place in its list; an empty list: none does."""
