"""Posts in channels."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


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
