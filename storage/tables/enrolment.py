"""Enrolments and what hangs on them: attendance, absence, wishes, kept turns."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, partial_index


class Enrolment(Base):
    """One person's sign-up to one offering; joining again after leaving is a new one.

    ``id`` orders the waiting list: ids are given under the offering's lock and never reused.
    ``agency`` is the key that seats are counted by (``seat_key``). ``seated_at`` is
    when this enrolment got its seat, None if it never did; it stays when the seat is given up. ``turn``
    comes before ``id`` in the line: the place of somebody who waited in vain for an earlier round. ``place``
    stands for the ``id`` there where somebody was sent to the back: just behind the newest id of then.
    ``let_go`` is the number of the newest seat that was free when they last let an offer lapse.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint(
            "status in ('seated', 'waiting', 'offered', 'withdrawn', 'removed')", name="status_known"
        ),
        partial_index(
            "uq_enrolment_standing",
            "offering_id",
            "person_id",
            unique=True,
            where="status in ('seated', 'waiting', 'offered')",
        ),
        Index("ix_enrolment_line", "offering_id", "status", "id"),
        Index("ix_enrolment_person", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    agency: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(12))
    enrolled_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    seated_at: Mapped[datetime | None]
    told_version: Mapped[int] = mapped_column(default=1)
    told_at: Mapped[datetime]
    turn: Mapped[int | None]
    place: Mapped[float | None] = mapped_column(Double)
    let_go: Mapped[int] = mapped_column(default=0, server_default="0")


class SeatOffer(Base):
    """A free seat that was offered to one enrolment until ``until``; ``outcome`` is None while it stands.

    ``seat`` is its number in the offering (``Offering.seats_free``). ``told_at`` is when the person is to be
    told.
    """

    __tablename__ = "seat_offer"
    __table_args__ = (
        CheckConstraint(
            "outcome in ('accepted', 'declined', 'lapsed', 'unheard', 'void')", name="outcome_known"
        ),
        partial_index("uq_seat_offer_standing", "enrolment_id", unique=True, where="outcome is null"),
        Index("ix_seat_offer_offering", "offering_id"),
        Index("ix_seat_offer_enrolment", "enrolment_id"),
        Index("ix_seat_offer_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    seat: Mapped[int]
    made_at: Mapped[datetime]
    told_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))


class Attendance(Base):
    """Who attended a session and who did not, where a facilitator has recorded it."""

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    attended: Mapped[bool]


class Absence(Base):
    """Whether somebody with a seat has said that they can't come to one session; ``changes`` counts how often
    they said so or took it back, because calendars take over only what has risen. ``word`` is what they
    wanted the facilitators to read. ``said_for`` is the time of the session (``2019-04-24 12:30 16:00``) that
    they said it of: at another time it does not hold, and they are asked again."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    absent: Mapped[bool]
    changes: Mapped[int]
    changed_at: Mapped[datetime]
    word: Mapped[str | None] = mapped_column(String(200))
    said_for: Mapped[str | None] = mapped_column(String(32))


class OpeningWish(Base):
    """Somebody wants to be told when sign-up to an offering opens; deleted once they have been told."""

    __tablename__ = "opening_wish"
    __table_args__ = (Index("ix_opening_wish_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    wished_at: Mapped[datetime]


class KeptTurn(Base):
    """Who waited in vain and wants to keep their place for the next round of the strand. ``turn`` orders
    them: the id of the enrolment that they first waited with. It goes into their next enrolment there."""

    __tablename__ = "kept_turn"
    __table_args__ = (Index("ix_kept_turn_strand", "strand_id"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    strand_id: Mapped[int] = mapped_column(ForeignKey("strand.id", ondelete="CASCADE"), primary_key=True)
    turn: Mapped[int]
    kept_at: Mapped[datetime]
