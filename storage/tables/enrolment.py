"""Enrolments and what depends on them: offers, attendance, absences, wishes, kept turns."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from storage.tables.base import Instant, metadata, partial_index

Enrolment = Table(
    "enrolment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("status", String(12), nullable=False),
    Column("enrolled_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("seated_at", Instant),
    Column("told_version", Integer, default=1, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("turn", Integer),
    Column("place", Double),
    Column("let_go", Integer, default=0, server_default="0", nullable=False),
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
    sqlite_autoincrement=True,
)
"""One person's sign-up to one offering; joining again after leaving makes a new one.

``id`` orders the waiting list: ids are given under the offering's lock and never reused. ``agency`` is the
key that seats are counted by (``seat_key``). ``seated_at`` is when this enrolment got its seat, None if it
never did; it stays when the seat is given up. ``turn`` comes before ``id`` in the order: the place of
somebody who waited in vain for an earlier round. ``place`` replaces ``id`` in the order for somebody sent to
the back: just behind the newest id at that time. ``let_go`` is the number of the newest seat that was free
when the person last let an offer lapse.
"""


SeatOffer = Table(
    "seat_offer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), nullable=False),
    Column("enrolment_id", Integer, ForeignKey("enrolment.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("seat", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(12)),
    CheckConstraint("outcome in ('accepted', 'declined', 'lapsed', 'unheard', 'void')", name="outcome_known"),
    partial_index("uq_seat_offer_standing", "enrolment_id", unique=True, where="outcome is null"),
    Index("ix_seat_offer_offering", "offering_id"),
    Index("ix_seat_offer_enrolment", "enrolment_id"),
    Index("ix_seat_offer_person", "person_id"),
)
"""A free seat that was offered to one enrolment until ``until``; ``outcome`` is None while it stands.

``seat`` is its number in the offering (``Offering.seats_free``). ``told_at`` is when the person is to be
told.
"""


Attendance = Table(
    "attendance",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("attended", Boolean, nullable=False),
    Index("ix_attendance_person", "person_id"),
)
"""Who attended a session and who did not, where a facilitator has recorded it."""


Absence = Table(
    "absence",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("absent", Boolean, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("word", String(200)),
    Column("said_for", String(32)),
    Index("ix_absence_person", "person_id"),
)
"""Whether somebody with a seat has said that they can't come to one session. ``changes`` counts how often
they said so or took it back, because calendars accept only a higher number. ``word`` is their message to the
facilitators. ``said_for`` is the session's time (``2019-04-24 12:30 16:00``) when they said it: at another
time it does not hold, and they are asked again.
"""


OpeningWish = Table(
    "opening_wish",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("wished_at", Instant, nullable=False),
    Index("ix_opening_wish_person", "person_id"),
)
"""Somebody wants to be told when sign-up to an offering opens; deleted once they have been told."""


KeptTurn = Table(
    "kept_turn",
    metadata,
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("strand_id", Integer, ForeignKey("strand.id", ondelete="CASCADE"), primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Index("ix_kept_turn_strand", "strand_id"),
)
"""Somebody who waited in vain and keeps their place for the next round of the strand. ``turn`` orders the
places: the id of the enrolment that they first waited with. It is copied to their next enrolment there.
"""
