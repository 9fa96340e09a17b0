"""Letters to a group, files that are fetched once, and a group's own channel."""

import sqlalchemy as sa
from alembic import op


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(32), nullable=False),
        sa.Column("audience", sa.String(12), nullable=False),
        sa.Column("session", sa.Integer(), nullable=True),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("in_office_hours", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form_key", sa.String(32), nullable=True),
        sa.CheckConstraint("state in ('draft', 'confirmed', 'withdrawn')", name=op.f("ck_letter_state_known")),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_letter_offering_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_letter_form", "letter", ["author", "form_key"], unique=True)
    op.create_index("ix_letter_offering", "letter", ["offering_id"])
    op.create_table(
        "download",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("about", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_download_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_download")),
    )
    op.create_index("ix_download_person", "download", ["person_id"])
    op.create_index("ix_download_expires", "download", ["expires_at"])
    op.create_table(
        "group_channel",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("channel", sa.String(32), nullable=True),
        sa.Column("author", sa.String(32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("maybe_made", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.String(100), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('wanted', 'kept', 'lost')", name=op.f("ck_group_channel_state_known")),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_group_channel_offering_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offering_id", name=op.f("pk_group_channel")),
    )
    op.create_table(
        "channel_member",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(100), nullable=True),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('adding', 'added', 'there', 'refused')", name=op.f("ck_channel_member_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"],
            ["group_channel.offering_id"],
            name=op.f("fk_channel_member_offering_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offering_id", "person_id", name=op.f("pk_channel_member")),
    )


def downgrade() -> None:
    op.drop_table("channel_member")
    op.drop_table("group_channel")
    op.drop_table("download")
    op.drop_table("letter")
