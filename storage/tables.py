"""Mapped tables. Instants are aware UTC and end in ``_at``; dates end in ``_on``."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Time,
    TypeDecorator,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; a naive one is a programming error and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: instants are aware UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, dict[str, str]: JSON, list[str]: JSON, dict[str, int]: JSON}  # noqa: RUF012


def _partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of some rows only, on both databases: the migrations create it.

    Here the condition is said to SQLite alone, because naming PostgreSQL would load its dialect (2 MB).
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


class Programme(Base):
    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[dict[str, str]]
    note: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    timezone: Mapped[str] = mapped_column(String(64))
    prompt_rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    closing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


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
    the addresses whose accounts are known; None where the plan names no address.
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
    which version of the session they hold (RFC 5545, SEQUENCE)."""

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
    cancelled: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]


class Timetable(Base):
    """An offering's sessions in one version; ``sessions`` is what people were told of them.

    Each enrolment knows the version that its person was last told (``told_version``), so that each is told
    once what changed for them.
    """

    __tablename__ = "timetable"

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sessions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_at: Mapped[datetime]


class Person(Base):
    """A Slack user Kaiku has met. ``agency`` is a code of ``programmes/agencies.yml``, or ``other``
    with ``agency_name`` in the person's own words; None until the first join.

    The secret token in the address of their calendar is not stored: ``calendar_digest`` is its SHA-256, by
    which it is known again; ``calendar_nonce`` is what it is built from, with KAIKU_SECRET_KEY. A token
    without a nonce is older than that and can't be built again.
    """

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    agency: Mapped[str | None] = mapped_column(String(40))
    agency_name: Mapped[str | None] = mapped_column(String(150))
    role: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str | None] = mapped_column(String(64))
    language_chosen: Mapped[bool] = mapped_column(default=False)
    timezone_chosen: Mapped[bool] = mapped_column(default=False)
    is_guest: Mapped[bool] = mapped_column(default=False)
    is_bot: Mapped[bool] = mapped_column(default=False)
    deactivated: Mapped[bool] = mapped_column(default=False)
    home_opened: Mapped[bool] = mapped_column(default=False)
    calendar_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    calendar_nonce: Mapped[str | None] = mapped_column(String(24))
    met_at: Mapped[datetime]


class Enrolment(Base):
    """One person's sign-up to one offering; joining again after leaving is a new one.

    ``id`` orders the waiting list: ids are given under the offering's lock and never reused.
    ``agency`` is the key that seats are counted by (``seat_key``). ``seated_at`` is
    when this enrolment got its seat, None if it never did; it stays when the seat is given up. ``turn``
    comes before ``id`` in the line: the place of somebody who waited in vain for an earlier round.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint(
            "status in ('seated', 'waiting', 'offered', 'withdrawn', 'removed')", name="status_known"
        ),
        _partial_index(
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


class Delivery(Base):
    """One message owed to one person or channel, with its due time and fate.

    (kind, recipient, subject, occurrence) is unique, so that planning is idempotent. ``owner``,
    ``attempts`` and ``leased_until`` are written before a send and fence what is written after it.
    ``maybe_sent``: an attempt may have reached Slack without our hearing of it; look before sending again.
    ``retry_at``: not before, after an attempt that came to nothing; ``due_at`` stays when it was owed.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("occurrence", "recipient", "kind", "subject"),
        CheckConstraint(
            "state in ('planned', 'sending', 'sent', 'missed', 'failed', 'unknown', 'cancelled')",
            name="state_known",
        ),
        _partial_index(
            "ix_delivery_sent",
            "recipient",
            "sent_at",
            where="sent_at is not null",
        ),
        Index("ix_delivery_subject", "subject"),
        Index("ix_delivery_recipient", "recipient", "kind"),
        Index("ix_delivery_count", "kind", "state"),
        _partial_index("ix_delivery_reason", "reason", where="state = 'planned' and reason is not null"),
        _partial_index(
            "ix_delivery_due",
            "due_at",
            where="state = 'planned'",
        ),
        _partial_index(
            "ix_delivery_turn",
            "recipient",
            "due_at",
            where="state = 'planned'",
        ),
        _partial_index(
            "ix_delivery_leased",
            "recipient",
            "leased_until",
            where="state = 'sending'",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    recipient: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(80))
    occurrence: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12))
    due_at: Mapped[datetime]
    retry_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    maybe_sent: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[str | None] = mapped_column(String(64))
    leased_until: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(String(32))
    ts: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(200))
    planned_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class RateLimitState(Base):
    """How much of Slack's bucket for one method is left, shared by every instance.

    ``tokens`` at ``refilled_at``; nothing is sent before ``not_before`` (Slack's Retry-After).
    """

    __tablename__ = "send_pace"

    method: Mapped[str] = mapped_column(String(40), primary_key=True)
    tokens: Mapped[float]
    refilled_at: Mapped[datetime]
    not_before: Mapped[datetime | None]


class Prompt(Base):
    """A question sent to an offering's people between sessions, or put to a channel as a round.

    ``series`` names its place in the offering's own series (``2/midpoint``: between sessions 2 and 3), None
    for one that a facilitator wrote. When it is due follows from ``after_session`` or ``before_session`` with
    ``working_days``, or is ``at``. ``questions`` are kept as they were asked: answers refer to them.
    A draft that ``replaces`` another becomes that one once it is confirmed. ``form_key`` names the form that
    it came from: sent again, that form is this prompt.
    """

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("offering_id", "series"),
        Index("ix_prompt_form", "author", "form_key", unique=True),
        CheckConstraint("state in ('draft', 'planned', 'cancelled', 'stopped')", name="state_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    series: Mapped[str | None] = mapped_column(String(40))
    author: Mapped[str | None] = mapped_column(String(32))
    moment: Mapped[str] = mapped_column(String(12))
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    library_key: Mapped[str | None] = mapped_column(String(80))
    after_session: Mapped[int | None]
    before_session: Mapped[int | None]
    working_days: Mapped[int | None]
    at: Mapped[datetime | None]
    audience: Mapped[str] = mapped_column(String(12), default="seated")
    has_reminder: Mapped[bool] = mapped_column(default=True)
    channel: Mapped[str | None] = mapped_column(String(32))
    in_thread: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="planned")
    replaces: Mapped[int | None]
    made_at: Mapped[datetime]
    form_key: Mapped[str | None] = mapped_column(String(32))


class SavedPrompt(Base):
    """A facilitator's own prompt, saved into the library of its strand."""

    __tablename__ = "saved_prompt"

    id: Mapped[int] = mapped_column(primary_key=True)
    strand_id: Mapped[int] = mapped_column(ForeignKey("strand.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(32))
    moment: Mapped[str] = mapped_column(String(12), default="any", server_default="any")
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    saved_at: Mapped[datetime]


class PromptChoice(Base):
    """What a person chose about prompts; people without a row chose nothing. ``away_until``
    comes from Slack."""

    __tablename__ = "prompt_choice"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    frequency: Mapped[str] = mapped_column(String(8), default="all")
    paused_until: Mapped[date | None] = mapped_column(Date)
    hour: Mapped[int | None]
    away_until: Mapped[datetime | None]
    asked_to_fade_at: Mapped[datetime | None]


class StalePrompts(Base):
    """People whose prompts are to be planned anew, because something they follow from has changed.

    One whose planning failed is set aside until ``retry_at``, for ``reason``, after so many ``tries``.
    """

    __tablename__ = "stale_prompts"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    retry_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    reason: Mapped[str | None] = mapped_column(String(200))


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
    they said so or took it back, because calendars take over only what has risen."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    absent: Mapped[bool]
    changes: Mapped[int]
    changed_at: Mapped[datetime]


class OpeningWish(Base):
    """Somebody wants to be told when sign-up to an offering opens; deleted once they have been told."""

    __tablename__ = "opening_wish"
    __table_args__ = (Index("ix_opening_wish_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    wished_at: Mapped[datetime]


class NoticeVersion(Base):
    """A version of the privacy notice that Kaiku has run with; ``digest`` names its content."""

    __tablename__ = "notice_version"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    noted_at: Mapped[datetime]


class KeptTurn(Base):
    """Who waited in vain and wants to keep their place for the next round of the strand. ``turn`` orders
    them: the id of the enrolment that they first waited with. It goes into their next enrolment there."""

    __tablename__ = "kept_turn"
    __table_args__ = (Index("ix_kept_turn_strand", "strand_id"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    strand_id: Mapped[int] = mapped_column(ForeignKey("strand.id", ondelete="CASCADE"), primary_key=True)
    turn: Mapped[int]
    kept_at: Mapped[datetime]


class UseAnswer(Base):
    """What somebody chose for a question on use in the closing message; ``key`` is the question's. Only
    counts of five and more are ever shown."""

    __tablename__ = "use_answer"
    __table_args__ = (Index("ix_use_answer_person", "person_id"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    choice: Mapped[int]
    answered_at: Mapped[datetime]


class Certificate(Base):
    """A certificate of participation that somebody asked for. What it says of sessions is read from
    attendance when it is opened. ``name`` is as the person gave it; ``code`` verifies it in public, ``token``
    opens it for who has it."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("person_id", "offering_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    code: Mapped[str] = mapped_column(String(24), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class PersonKey(Base):
    """A person's own key, itself encrypted with the key that ``made_with`` is the fingerprint of.

    Destroying the row makes everything the person wrote unreadable, in every backup too that is made
    without it; KAIKU_SECRET_KEY protects those made before.
    """

    __tablename__ = "person_key"

    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_with: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]


class Reflection(Base):
    """What a person wrote, encrypted with their own key. ``prompt_id`` is None when they wrote freely; then
    ``form_key`` names the form it came from: sent again, that form is this reflection."""

    __tablename__ = "reflection"
    __table_args__ = (
        UniqueConstraint("person_id", "prompt_id"),
        CheckConstraint("shared in ('private', 'facilitators', 'group')", name="shared_known"),
        Index("ix_reflection_prompt", "prompt_id"),
        Index("ix_reflection_form", "person_id", "form_key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    prompt_id: Mapped[int | None] = mapped_column(ForeignKey("prompt.id", ondelete="CASCADE"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    shared: Mapped[str] = mapped_column(String(12), default="private")
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    form_key: Mapped[str | None] = mapped_column(String(32))


class ReflectionDraft(Base):
    """What a person has typed into a form and not sent yet; encrypted like a reflection. ``about`` is the
    prompt's id, or 0 for writing freely."""

    __tablename__ = "reflection_draft"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    about: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]


class Announcement(Base):
    """What a facilitator tells channels of an offering, or of what opens in a ``month`` (its first day).

    ``channels`` are those they chose, with the language that comes first there; ``series`` the later posts
    they asked for. ``at`` is when the first ones are to appear, None: at once. ``form_key`` names the form
    that it came from: sent again, that form is this announcement.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'published', 'withdrawn')", name="state_known"),
        Index("ix_announcement_form", "author", "form_key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int | None] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), index=True)
    month: Mapped[date | None] = mapped_column(Date)
    author: Mapped[str] = mapped_column(String(32))
    sentence: Mapped[dict[str, str]]
    channels: Mapped[dict[str, str]]
    series: Mapped[list[str]]
    at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    made_at: Mapped[datetime]
    form_key: Mapped[str | None] = mapped_column(String(32))


class AnnouncementPost(Base):
    """An announcement in one channel. Never two in one channel of the same subject for the same reason.

    ``subject`` is the offering's code, or ``digest:2019-03``. ``version`` is the timetable as the post first
    told it. ``stands`` names what is known to stand in Slack, None where that is not known for sure.
    """

    __tablename__ = "announcement_post"
    __table_args__ = (
        UniqueConstraint("channel", "subject", "reason"),
        CheckConstraint(
            "state in ('planned', 'standing', 'gone', 'unreachable', 'skipped', 'failed')", name="state_known"
        ),
        Index("ix_announcement_post_offering", "offering_id"),
        Index("ix_announcement_post_announcement", "announcement_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id", ondelete="CASCADE"))
    offering_id: Mapped[int | None] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(2))
    reason: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="planned")
    ts: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int | None]
    stands: Mapped[str | None] = mapped_column(String(64))
    posted_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(String(80))


class AnnouncementClick(Base):
    """A click under a post, or a sign-up from it; never who. Rows are only added, so no lock is needed."""

    __tablename__ = "announcement_click"
    __table_args__ = (Index("ix_announcement_click_post", "post_id", "what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("announcement_post.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
