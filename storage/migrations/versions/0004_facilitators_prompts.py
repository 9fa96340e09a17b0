"""A draft may replace a prompt that is planned; saved prompts know their kind."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: a table made anew would take what refers to it along on SQLite.
    op.add_column("prompt", sa.Column("replaces", sa.Integer(), nullable=True))
    op.add_column(
        "saved_prompt", sa.Column("moment", sa.String(length=12), server_default="any", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("saved_prompt", "moment")
    op.drop_column("prompt", "replaces")
