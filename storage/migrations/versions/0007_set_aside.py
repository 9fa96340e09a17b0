"""What can't be dealt with is set aside, with a pause of its own that does not hide when it was due."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stale_prompts", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stale_prompts", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("stale_prompts", sa.Column("reason", sa.String(200), nullable=True))


def downgrade() -> None:
    for name in ("reason", "tries", "retry_at"):
        op.drop_column("stale_prompts", name)
    op.drop_column("delivery", "retry_at")
