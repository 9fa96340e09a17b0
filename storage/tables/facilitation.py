"""What facilitators keep of sessions: notes, dialogue rooms and their phases, practical needs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class SessionNote(Base):
    """Attendance at a session has been marked by a facilitator, and what they ``promised`` the group for next
    time; who they were stands in the log of acts."""

    __tablename__ = "session_note"

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    promised: Mapped[str] = mapped_column(String(500))
    marked_at: Mapped[datetime]


class RoomMember(Base):
    """Who is in which dialogue room of a session: so that pairs seldom meet twice. Nothing of what is said
    there. Deleted when the offering has ended."""

    __tablename__ = "room_member"
    __table_args__ = (Index("ix_room_member_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    room: Mapped[int]


class RoomPhase(Base):
    """Which phase the dialogue of a session is in: it ends at ``ends_at``, or is paused with so many
    ``seconds_left``."""

    __tablename__ = "room_phase"

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    phase: Mapped[int]
    ends_at: Mapped[datetime | None]
    seconds_left: Mapped[int]


class AccessNeed(Base):
    """The practical needs that a person told for one offering, encrypted with their own key. Deleted the day
    after the last session, and when they leave."""

    __tablename__ = "access_need"
    __table_args__ = (Index("ix_access_need_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    told_at: Mapped[datetime]
