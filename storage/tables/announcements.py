"""Posts in channels."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from storage.tables.base import Instant, metadata

Announcement = Table(
    "announcement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE"), index=True),
    Column("month", Date),
    Column("author", String(32), nullable=False),
    Column("sentence", JSON, nullable=False),
    Column("channels", JSON, nullable=False),
    Column("series", JSON, nullable=False),
    Column("at", Instant),
    Column("state", String(12), default="draft", nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("form_key", String(32)),
    CheckConstraint("state in ('draft', 'published', 'withdrawn')", name="state_known"),
    Index("ix_announcement_form", "author", "form_key", unique=True),
)
"""What a facilitator announces in channels: an offering, or what opens in a ``month`` (its first day).

``channels`` are the chosen channels, each with the language that comes first there; ``series`` the later
posts asked for. ``at`` is when the first posts are due, None: at once. ``form_key`` names the form that made
the announcement: submitted again, that form makes no second one.
"""


AnnouncementPost = Table(
    "announcement_post",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("announcement_id", Integer, ForeignKey("announcement.id", ondelete="CASCADE"), nullable=False),
    Column("offering_id", Integer, ForeignKey("offering.id", ondelete="CASCADE")),
    Column("subject", String(60), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("language", String(2), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("state", String(12), default="planned", nullable=False),
    Column("ts", String(32)),
    Column("version", Integer),
    Column("stands", String(64)),
    Column("posted_at", Instant),
    Column("trouble", String(80)),
    UniqueConstraint("channel", "subject", "reason"),
    CheckConstraint(
        "state in ('planned', 'standing', 'gone', 'unreachable', 'skipped', 'failed')", name="state_known"
    ),
    Index("ix_announcement_post_offering", "offering_id"),
    Index("ix_announcement_post_announcement", "announcement_id"),
    sqlite_autoincrement=True,
)
"""An announcement in one channel. A channel never has two of the same subject for the same reason.

``subject`` is the offering's code, or ``digest:2019-03``. ``version`` is the timetable that the post first
showed. ``stands`` identifies the text known to be in Slack, None where that is not known for sure.
"""


AnnouncementClick = Table(
    "announcement_click",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("post_id", Integer, ForeignKey("announcement_post.id", ondelete="CASCADE"), nullable=False),
    Column("what", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_announcement_click_post", "post_id", "what"),
)
"""A click under a post, or a sign-up from it; never who. Rows are only added, so no lock is needed."""
