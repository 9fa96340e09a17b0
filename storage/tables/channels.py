"""A group's own channel in Slack, and who is in it by Kaiku."""

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
"""The channel of one offering. ``attempt`` numbers the names that were tried; ``maybe_made``: it is not
known whether Slack made it under that name. One process at a time keeps it, until ``leased_until``; none
before ``retry_at``. ``trouble`` is Slack's code of what hinders.
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
"""Who is in the channel, as far as Kaiku had to do with it. The person may be erased meanwhile: the row
stays until they have been removed from the channel, so it refers to no person.
"""
