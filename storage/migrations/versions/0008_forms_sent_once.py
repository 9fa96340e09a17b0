"""A form of one's own words is stored once, however often it is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reflection", sa.Column("form_key", sa.String(32), nullable=True))
    op.create_index("ix_reflection_form", "reflection", ["person_id", "form_key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_reflection_form", "reflection")
    op.drop_column("reflection", "form_key")
