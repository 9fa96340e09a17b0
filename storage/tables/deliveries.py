"""Messages owed, and how much Slack lets through."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, partial_index


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
        partial_index(
            "ix_delivery_sent",
            "recipient",
            "sent_at",
            where="sent_at is not null",
        ),
        Index("ix_delivery_subject", "subject"),
        Index("ix_delivery_recipient", "recipient", "kind"),
        Index("ix_delivery_count", "kind", "state"),
        partial_index("ix_delivery_reason", "reason", where="state = 'planned' and reason is not null"),
        partial_index(
            "ix_delivery_due",
            "due_at",
            where="state = 'planned'",
        ),
        partial_index(
            "ix_delivery_turn",
            "recipient",
            "due_at",
            where="state = 'planned'",
        ),
        partial_index(
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


class SendPause(Base):
    """While there is a row, Kaiku sends nothing by itself. ``id`` is always 1; ``reason`` is a coordinator's
    own words."""

    __tablename__ = "send_pause"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(300))
    since: Mapped[datetime]
