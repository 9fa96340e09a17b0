"""Roles that are not in the plan file: coordinators, and facilitators as Slack has changed them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Coordinator(Base):
    """A coordinator: from KAIKU_COORDINATORS (``from_settings``), who may not have met Kaiku yet, or named by
    another in Slack."""

    __tablename__ = "coordinator"

    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    from_settings: Mapped[bool]
    named_at: Mapped[datetime]


class FacilitatorChange(Base):
    """What Slack has changed of an offering's facilitators: somebody added to those of the plan file, or one
    of the plan's who no longer facilitates. Apart from the plan's own list, so that applying a plan keeps
    it."""

    __tablename__ = "facilitator_change"
    __table_args__ = (Index("ix_facilitator_change_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    is_added: Mapped[bool]
    changed_at: Mapped[datetime]
