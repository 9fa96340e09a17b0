"""What facilitators have begun with a group's people, and what is not over yet."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, partial_index


class Removal(Base):
    """A facilitator removed somebody, moved them away, or put them back in the line. Until ``done_at`` the
    sign-up stands, and the removal can be undone, which deletes the row. ``act_id`` is its line in the log of
    acts, which has the reason."""

    __tablename__ = "removal"
    __table_args__ = (
        CheckConstraint("becomes in ('removed', 'waiting')", name="becomes_known"),
        partial_index("uq_removal_open", "enrolment_id", unique=True, where="done_at is null"),
        Index("ix_removal_enrolment", "enrolment_id"),
        Index("ix_removal_person", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    becomes: Mapped[str] = mapped_column(String(12))
    act_id: Mapped[int]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Invitation(Base):
    """A facilitator asks somebody who has not signed up whether they want a seat. It holds no seat."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("state in ('open', 'accepted', 'declined')", name="state_known"),
        partial_index("uq_invitation_open", "offering_id", "person_id", unique=True, where="state = 'open'"),
        Index("ix_invitation_person", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
