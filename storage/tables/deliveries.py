"""Messages owed, and how much Slack lets through."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from storage.tables.base import Instant, metadata, partial_index

Delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("recipient", String(32), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("occurrence", String(80), nullable=False),
    Column("state", String(12), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("retry_at", Instant),
    Column("expires_at", Instant),
    Column("attempts", Integer, default=0, nullable=False),
    Column("maybe_sent", Boolean, default=False, nullable=False),
    Column("owner", String(64)),
    Column("leased_until", Instant),
    Column("channel", String(32)),
    Column("ts", String(32)),
    Column("reason", String(200)),
    Column("planned_at", Instant, nullable=False),
    Column("sent_at", Instant),
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
"""One message owed to one person or channel, with its due time and fate.

(kind, recipient, subject, occurrence) is unique, so that planning is idempotent. ``owner``, ``attempts`` and
``leased_until`` are written before a send and fence what is written after it. ``maybe_sent``: an attempt may
have reached Slack without our hearing of it; look before sending again. ``retry_at``: not before, after an
attempt that came to nothing; ``due_at`` stays when it was owed.
"""


RateLimitState = Table(
    "send_pace",
    metadata,
    Column("method", String(40), primary_key=True),
    Column("tokens", Double, nullable=False),
    Column("refilled_at", Instant, nullable=False),
    Column("not_before", Instant),
)
"""How much of Slack's bucket for one method is left, shared by every instance.

``tokens`` at ``refilled_at``; nothing is sent before ``not_before`` (Slack's Retry-After).
"""


SendPause = Table(
    "send_pause",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("reason", String(300), nullable=False),
    Column("since", Instant, nullable=False),
)
"""While there is a row, Kaiku sends nothing by itself. ``id`` is always 1; ``reason`` is in the coordinator's
own words.
"""
