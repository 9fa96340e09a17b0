"""The bot token, where Slack's token rotation is on."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from storage.tables.base import Instant, metadata

StoredBotToken = Table(
    "bot_token",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("first", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("leased_until", Instant),
)
"""The newest bot token and its refresh token, encrypted. ``id`` is always 1; ``first`` is the digest of the
refresh token in the settings that renewing started from; ``leased_until`` is set while an instance renews.
"""
