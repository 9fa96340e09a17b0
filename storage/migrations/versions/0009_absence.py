"""Who has said that they can't come to one session, while they keep their seat."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "number", "person_id", name="pk_absence"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name="fk_absence_offering_id_offering", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_absence_person_id_person", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_absence_person", "absence", ["person_id"])


def downgrade() -> None:
    op.drop_table("absence")
