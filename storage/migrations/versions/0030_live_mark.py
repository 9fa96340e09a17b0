"""A mark that a live database has and a backup has not: whoever was erased since comes back with a backup."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    mark = op.create_table(
        "live_mark",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_live_mark"),
    )
    op.execute(sa.insert(mark).values(number=1, marked_at=sa.func.current_timestamp()))


def downgrade() -> None:
    op.drop_table("live_mark")
