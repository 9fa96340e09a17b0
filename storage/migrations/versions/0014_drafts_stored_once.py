"""The form of a draft, of a prompt or an announcement, makes one draft, however often it is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("prompt", "announcement")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("form_key", sa.String(32), nullable=True))
        op.create_index(f"ix_{table}_form", table, ["author", "form_key"], unique=True)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_form", table)
        op.drop_column(table, "form_key")
