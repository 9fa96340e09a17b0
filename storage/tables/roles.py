"""Roles that are not in the plan file: coordinators, and facilitators as changed in Slack."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from storage.tables.base import Instant, metadata

Coordinator = Table(
    "coordinator",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("from_settings", Boolean, nullable=False),
    Column("named_at", Instant, nullable=False),
)
"""A coordinator from KAIKU_COORDINATORS (``from_settings``), whom Kaiku may not have met yet, or one named by
another in Slack.
"""


FacilitatorChange = Table(
    "facilitator_change",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("is_added", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("ix_facilitator_change_person", "person_id"),
)
"""A change of an offering's facilitators made in Slack: somebody added to those of the plan file, or one of
the plan's who no longer facilitates. Apart from the plan's own list, so that it survives applying a plan.
"""
