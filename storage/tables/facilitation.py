"""What facilitators keep of sessions: notes, dialogue rooms and their phases, practical needs."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from storage.tables.base import Instant, metadata

SessionNote = Table(
    "session_note",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("promised", String(500), nullable=False),
    Column("marked_at", Instant, nullable=False),
)
"""A facilitator has marked a session's attendance, and ``promised`` this to the group for next time; the log
of acts has who it was.
"""


RoomMember = Table(
    "room_member",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("room", Integer, nullable=False),
    Index("ix_room_member_person", "person_id"),
)
"""Who is in which dialogue room of a session, so that pairs seldom meet twice. Nothing said there is stored.
Deleted when the offering has ended.
"""


RoomPhase = Table(
    "room_phase",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("phase", Integer, nullable=False),
    Column("ends_at", Instant),
    Column("seconds_left", Integer, nullable=False),
)
"""The current phase of a session's dialogue: it ends at ``ends_at``, or is paused with ``seconds_left``."""


AccessNeed = Table(
    "access_need",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("told_at", Instant, nullable=False),
    Index("ix_access_need_person", "person_id"),
)
"""The practical needs that a person stated for one offering, encrypted with their own key. Deleted the day
after the last session, and when they leave.
"""
