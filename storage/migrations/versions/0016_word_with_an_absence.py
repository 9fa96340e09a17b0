"""An absence may carry a short word for the facilitators."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("absence", sa.Column("word", sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column("absence", "word")
