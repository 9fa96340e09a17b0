"""Facilitators who are named by e-mail address: whose account each address is, once Slack has told."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offering", sa.Column("led_by", sa.JSON(), nullable=True))
    op.create_table(
        "facilitator_address",
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address", name="pk_facilitator_address"),
    )


def downgrade() -> None:
    op.drop_table("facilitator_address")
    op.drop_column("offering", "led_by")
