"""What a session's venue costs, until when it can be cancelled, and that somebody decided to keep it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("venue", sa.JSON(none_as_null=True)))
    op.add_column("session", sa.Column("venue_kept_until", sa.Date()))


def downgrade() -> None:
    op.drop_column("session", "venue_kept_until")
    op.drop_column("session", "venue")
