"""A group's own channel in Slack, and its members as far as Kaiku manages them."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, String, Table

from storage.tables.base import Instant, metadata

GroupChannel = Table(
    "group_channel",
    metadata,
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("channel", String(32)),
    Column("author", String(32), nullable=False),
    Column("attempt", Integer, default=1, nullable=False),
    Column("maybe_made", Boolean, default=False, nullable=False),
    Column("trouble", String(100)),
    Column("retry_at", Instant),
    Column("leased_until", Instant),
    Column("made_at", Instant, nullable=False),
    CheckConstraint("state in ('wanted', 'kept', 'lost')", name="state_known"),
)
"""The channel of one offering. ``attempt`` numbers the names that were tried; ``maybe_made``: it is not known
whether Slack created the channel under that name. One process at a time works on it, until ``leased_until``;
none before ``retry_at``. ``trouble`` is Slack's error code.
"""


ChannelMember = Table(
    "channel_member",
    metadata,
    Column(
        "offering_id", Integer, ForeignKey("group_channel.offering_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("person_id", String(32), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("reason", String(100)),
    Column("since_at", Instant, nullable=False),
    CheckConstraint("state in ('adding', 'added', 'there', 'refused')", name="state_known"),
)
"""A channel's member, as far as Kaiku invited or tried to. The row stays after the person is erased, until
they have been removed from the channel, so it refers to no person.
"""
