"""Announcements, their posts, and what people read before they decide"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.add_column("offering", sa.Column("details", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=True),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("sentence", sa.JSON(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("series", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('draft', 'published', 'withdrawn')", name=op.f("ck_announcement_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_announcement_offering_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_offering_id"), "announcement", ["offering_id"])
    op.create_table(
        "announcement_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("stands", sa.String(length=64), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "state in ('planned', 'standing', 'gone', 'unreachable', 'skipped', 'failed')",
            name=op.f("ck_announcement_post_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_post_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_announcement_post_offering_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_post")),
        sa.UniqueConstraint("channel", "subject", "reason", name=op.f("uq_announcement_post_channel_subject_reason")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_announcement_post_offering", "announcement_post", ["offering_id"])
    op.create_index("ix_announcement_post_announcement", "announcement_post", ["announcement_id"])
    op.create_table(
        "announcement_click",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["announcement_post.id"],
            name=op.f("fk_announcement_click_post_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_click")),
    )
    op.create_index("ix_announcement_click_post", "announcement_click", ["post_id", "what"])


def downgrade() -> None:
    op.drop_table("announcement_click")
    op.drop_table("announcement_post")
    op.drop_table("announcement")
    op.drop_column("offering", "details")
