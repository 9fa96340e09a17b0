"""The versions of each programme's plan that were in force."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.tables.base import Instant, metadata

PlanVersion = Table(
    "plan_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("programme_id", Integer, ForeignKey("programme.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("given", Text),
    Column("digest", String(64), nullable=False),
    Column("origin", String(8), nullable=False),
    Column("made_by", String(64)),
    Column("made_at", Instant, nullable=False),
    CheckConstraint("origin in ('file', 'slack')", name="origin_known"),
    Index("ix_plan_version_programme", "programme_id", "id"),
)
"""A plan that was in force, as the text of its file. It is never changed, but that
``U0ERASED`` takes the place of somebody who is erased.

``origin`` is where the change came from: ``file`` or ``slack``. ``given`` is the file as it was given,
where changes made in Slack won over it; the next file is compared with that one. ``made_by`` is a Slack
id, or the account of whoever ran the command. ``digest`` is SHA-256 of ``text``, in hexadecimal.
"""
