"""Removals that can still be undone, and invitations."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from storage.tables.base import Instant, metadata, partial_index

Removal = Table(
    "removal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("enrolment_id", Integer, ForeignKey("enrolment.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("becomes", String(12), nullable=False),
    Column("act_id", Integer, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    CheckConstraint("becomes in ('removed', 'waiting')", name="becomes_known"),
    partial_index("uq_removal_open", "enrolment_id", unique=True, where="done_at is null"),
    Index("ix_removal_enrolment", "enrolment_id"),
    Index("ix_removal_person", "person_id"),
    sqlite_autoincrement=True,
)
"""A facilitator removed somebody, moved them away, or put them back in the line. Until ``done_at`` the
sign-up stands, and the removal can be undone, which deletes the row. ``act_id`` is its line in the log of
acts, which has the reason.
"""


Invitation = Table(
    "invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    CheckConstraint("state in ('open', 'accepted', 'declined')", name="state_known"),
    partial_index("uq_invitation_open", "offering_id", "person_id", unique=True, where="state = 'open'"),
    Index("ix_invitation_person", "person_id"),
    sqlite_autoincrement=True,
)
"""A facilitator asks somebody who has not signed up whether they want a seat. It holds no seat."""
