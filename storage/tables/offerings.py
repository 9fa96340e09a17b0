"""Programmes, strands and offerings with their sessions."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Time,
    UniqueConstraint,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Programme(Base):
    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[dict[str, str]]
    note: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    timezone: Mapped[str] = mapped_column(String(64))
    prompt_rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    closing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    offer_rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Strand(Base):
    __tablename__ = "strand"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[dict[str, str]]
    prompts: Mapped[str | None] = mapped_column(String(40))


class Offering(Base):
    """What a person signs up to. Its row is the lock under which seats are taken.

    ``facilitators`` is what the plan says: user ids and e-mail addresses. ``led_by`` is the same with ids for
    the addresses whose accounts are known; None where the plan names no address. ``seats_free`` are the
    numbers of the seats that are free, as of the last time that one was passed on, ``seats_opened`` the
    highest number there has been.
    """

    __tablename__ = "offering"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("seats_per_agency > 0", name="seats_per_agency_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    strand_id: Mapped[int] = mapped_column(ForeignKey("strand.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[dict[str, str]]
    summary: Mapped[dict[str, str]]
    capacity: Mapped[int]
    seats_per_agency: Mapped[int]
    agency_seats: Mapped[dict[str, int]]
    facilitators: Mapped[list[str]]
    led_by: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    opens_on: Mapped[date | None] = mapped_column(Date)
    closes_on: Mapped[date | None] = mapped_column(Date)
    cancelled: Mapped[bool] = mapped_column(default=False)
    timetable_version: Mapped[int] = mapped_column(default=1)
    has_prompts: Mapped[bool] = mapped_column(default=True, server_default=true())
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    offer_rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seats_opened: Mapped[int] = mapped_column(default=0, server_default="0")
    seats_free: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]", deferred=True)
    draw: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class FacilitatorAddress(Base):
    """An e-mail address by which the plan names a facilitator, in small letters, and whose account it is, as
    far as Slack has told. Never older than the plan: it goes when the plan names it no more."""

    __tablename__ = "facilitator_address"

    address: Mapped[str] = mapped_column(String(200), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(String(32))
    looked_at: Mapped[datetime | None]


class OfferingSession(Base):
    """One session. ``on_date``, ``starts`` and ``ends`` are what was agreed, in the programme's zone;
    ``starts_at`` and ``ends_at`` are derived from them. ``sequence`` and ``changed_at`` tell calendars
    which version of the session they hold (RFC 5545, SEQUENCE). ``venue_kept_until``: the last day of free
    cancellation for which somebody has decided that the venue is kept."""

    __tablename__ = "session"
    __table_args__ = (UniqueConstraint("offering_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    number: Mapped[int]
    on_date: Mapped[date] = mapped_column(Date)
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    link: Mapped[str | None] = mapped_column(String(2000))
    link_label: Mapped[str | None] = mapped_column(String(80))
    bring: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    materials: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    venue: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    venue_kept_until: Mapped[date | None] = mapped_column(Date)
    cancelled: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]


class Timetable(Base):
    """An offering's sessions in one version; ``sessions`` is what people were told of them, ``reason``
    what whoever changed them in Slack wrote of why, by language.

    Each enrolment knows the version that its person was last told (``told_version``), so that each is told
    once what changed for them.
    """

    __tablename__ = "timetable"

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sessions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reason: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    made_at: Mapped[datetime]


class ChangeNotice(Base):
    """The last message about changed sessions that somebody with a seat was sent: which ``sessions`` it was
    about, and whether they have acknowledged it."""

    __tablename__ = "change_notice"
    __table_args__ = (Index("ix_change_notice_person", "person_id"),)

    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    version: Mapped[int]
    sessions: Mapped[list[int]] = mapped_column(JSON)
    sent_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
