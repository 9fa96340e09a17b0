"""Programmes, strands and offerings with their sessions."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Time,
    UniqueConstraint,
    true,
)

from storage.tables.base import Instant, metadata

Programme = Table(
    "programme",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), unique=True, nullable=False),
    Column("title", JSON, nullable=False),
    Column("note", JSON(none_as_null=True)),
    Column("timezone", String(64), nullable=False),
    Column("prompt_rules", JSON(none_as_null=True)),
    Column("closing", JSON(none_as_null=True)),
    Column("offer_rules", JSON(none_as_null=True)),
)


Strand = Table(
    "strand",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("programme_id", Integer, ForeignKey("programme.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", JSON, nullable=False),
    Column("prompts", String(40)),
    UniqueConstraint("programme_id", "number"),
)


Offering = Table(
    "offering",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("strand_id", Integer, ForeignKey("strand.id", ondelete="CASCADE"), index=True, nullable=False),
    Column("code", String(40), unique=True, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", JSON, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("seats_per_agency", Integer, nullable=False),
    Column("agency_seats", JSON, nullable=False),
    Column("facilitators", JSON, nullable=False),
    Column("led_by", JSON(none_as_null=True)),
    Column("opens_on", Date),
    Column("closes_on", Date),
    Column("cancelled", Boolean, default=False, nullable=False),
    Column("timetable_version", Integer, default=1, nullable=False),
    Column("has_prompts", Boolean, default=True, server_default=true(), nullable=False),
    Column("details", JSON(none_as_null=True)),
    Column("offer_rules", JSON(none_as_null=True)),
    Column("seats_opened", Integer, default=0, server_default="0", nullable=False),
    Column("seats_free", JSON, default=list, server_default="[]", nullable=False),
    Column("draw", JSON(none_as_null=True)),
    CheckConstraint("capacity > 0", name="capacity_positive"),
    CheckConstraint("seats_per_agency > 0", name="seats_per_agency_positive"),
)
"""What a person signs up to. Its row is the lock under which seats are taken.

``facilitators`` is what the plan says: user ids and e-mail addresses. ``led_by`` is the same with ids for the
addresses whose accounts are known; None where the plan names no address. ``seats_free`` are the numbers of
the seats that were free when one was last passed on, ``seats_opened`` the highest number so far.
"""


FacilitatorAddress = Table(
    "facilitator_address",
    metadata,
    Column("address", String(200), primary_key=True),
    Column("person_id", String(32)),
    Column("looked_at", Instant),
)
"""An e-mail address by which the plan names a facilitator, in lower case, and its account once Slack has told
it. Deleted when the plan no longer names it.
"""


OfferingSession = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("starts", Time, nullable=False),
    Column("ends", Time, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("place", JSON(none_as_null=True)),
    Column("link", String(2000)),
    Column("link_label", String(80)),
    Column("bring", JSON(none_as_null=True)),
    Column("materials", JSON(none_as_null=True)),
    Column("venue", JSON(none_as_null=True)),
    Column("venue_kept_until", Date),
    Column("cancelled", Boolean, default=False, nullable=False),
    Column("sequence", Integer, default=0, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("offering_id", "number"),
)
"""One session. ``on_date``, ``starts`` and ``ends`` are what was agreed, in the programme's zone;
``starts_at`` and ``ends_at`` are derived from them. ``sequence`` and ``changed_at`` tell calendars which
version of the session they hold (RFC 5545, SEQUENCE). ``venue_kept_until``: the last day of free cancellation
for which somebody has decided that the venue is kept.
"""


Timetable = Table(
    "timetable",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sessions", JSON, nullable=False),
    Column("reason", JSON(none_as_null=True)),
    Column("made_at", Instant, nullable=False),
)
"""One version of an offering's sessions: ``sessions`` is what people were told of them, ``reason`` why they
were changed in Slack, in the changer's words by language.

Each enrolment has the version that its person was last told (``told_version``), so that each is told once
what changed for them.
"""


ChangeNotice = Table(
    "change_notice",
    metadata,
    Column("enrolment_id", Integer, ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sessions", JSON, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Index("ix_change_notice_person", "person_id"),
)
"""The last message about changed sessions that was sent to somebody with a seat: which ``sessions`` it was
about, and whether they have acknowledged it.
"""
