"""People."""

from secrets import token_hex

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    String,
    Table,
    false,
    true,
)

from storage.tables.base import Instant, metadata

Person = Table(
    "person",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("agency", String(40)),
    Column("agency_name", String(150)),
    Column("role", String(16)),
    Column("language", String(2), nullable=False),
    Column("timezone", String(64)),
    Column("language_chosen", Boolean, default=False, nullable=False),
    Column("timezone_chosen", Boolean, default=False, nullable=False),
    Column("is_guest", Boolean, default=False, nullable=False),
    Column("is_bot", Boolean, default=False, nullable=False),
    Column("deactivated", Boolean, default=False, nullable=False),
    Column("home_opened", Boolean, default=False, nullable=False),
    Column("daily_line", Boolean, default=True, server_default=true(), nullable=False),
    Column("link_before", Boolean, default=False, server_default=false(), nullable=False),
    Column("calendar_digest", String(64), unique=True),
    Column("calendar_nonce", String(24)),
    Column("met_at", Instant, nullable=False),
    Column("pseudonym", String(32), default=lambda: token_hex(16)),
    Index("ix_person_pseudonym", "pseudonym", unique=True),
)
"""A Slack user Kaiku has met. ``agency`` is a code of ``programmes/agencies.yml``, or ``other`` with
``agency_name`` in the person's own words; None until the first join.

The secret token in their calendar's address is not stored: ``calendar_digest`` is its SHA-256, by which it is
recognised; ``calendar_nonce`` is what it is derived from, with KAIKU_SECRET_KEY. An old token without a nonce
can't be derived again. ``pseudonym`` stands for the person in the log of acts.
"""
