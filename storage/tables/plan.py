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
"""A plan that was in force, as the text of its file. It never changes, except that ``U0ERASED`` replaces
somebody who is erased.

``origin`` is where the change came from: ``file`` or ``slack``. ``given`` is the original file, where changes
made in Slack won over it; the next file is compared with it. ``made_by`` is a Slack id, or the account that
ran the command. ``digest`` is SHA-256 of ``text``, in hexadecimal.
"""
