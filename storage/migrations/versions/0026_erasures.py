"""Who was erased, by keyed hashes, and work that is done once a day."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_with", sa.String(16), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_erased"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "daily_work",
        sa.Column("work", sa.String(24), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("work", name="pk_daily_work"),
    )


def downgrade() -> None:
    op.drop_table("daily_work")
    op.drop_table("erased")
