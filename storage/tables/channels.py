"""A group's own channel in Slack, and who is in it by Kaiku."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class GroupChannel(Base):
    """The channel of one offering. ``attempt`` numbers the names that were tried; ``maybe_made``: it is not
    known whether Slack made it under that name. One process at a time keeps it, until ``leased_until``; none
    before ``retry_at``. ``trouble`` is Slack's code of what hinders."""

    __tablename__ = "group_channel"
    __table_args__ = (CheckConstraint("state in ('wanted', 'kept', 'lost')", name="state_known"),)

    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str | None] = mapped_column(String(32))
    author: Mapped[str] = mapped_column(String(32))
    attempt: Mapped[int] = mapped_column(default=1)
    maybe_made: Mapped[bool] = mapped_column(default=False)
    trouble: Mapped[str | None] = mapped_column(String(100))
    retry_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    made_at: Mapped[datetime]


class ChannelMember(Base):
    """Who is in the channel, as far as Kaiku had to do with it. The person may be erased meanwhile: the row
    stays until they have been removed from the channel, so it refers to no person."""

    __tablename__ = "channel_member"
    __table_args__ = (
        CheckConstraint("state in ('adding', 'added', 'there', 'refused')", name="state_known"),
    )

    offering_id: Mapped[int] = mapped_column(
        ForeignKey("group_channel.offering_id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(100))
    since_at: Mapped[datetime]
