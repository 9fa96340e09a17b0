"""Dates that a person names for preparing their own feedback and development discussion."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preparation_dates",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("asking_on", sa.Date(), nullable=True),
        sa.Column("receiving_on", sa.Date(), nullable=True),
        sa.Column("discussion_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_preparation_dates_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preparation_dates")),
    )


def downgrade() -> None:
    op.drop_table("preparation_dates")
