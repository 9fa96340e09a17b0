"""The chain of the log of acts, roles that Slack changes, and the pause of all sending."""

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_link",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_act_link_act_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_act_link")),
        sa.UniqueConstraint("act_id", name=op.f("uq_act_link_act_id")),
    )
    op.create_table(
        "act_seal",
        sa.Column("which", sa.String(8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("which", name=op.f("pk_act_seal")),
    )
    op.create_table(
        "coordinator",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("from_settings", sa.Boolean(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_coordinator")),
    )
    op.create_table(
        "facilitator_change",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["offering_id"],
            ["offering.id"],
            name=op.f("fk_facilitator_change_offering_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offering_id", "person_id", name=op.f("pk_facilitator_change")),
    )
    op.create_index("ix_facilitator_change_person", "facilitator_change", ["person_id"])
    op.create_table(
        "send_pause",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_pause")),
    )
    op.add_column("person", sa.Column("daily_line", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("person", "daily_line")
    op.drop_table("send_pause")
    op.drop_table("facilitator_change")
    op.drop_table("coordinator")
    op.drop_table("act_seal")
    op.drop_table("act_link")
