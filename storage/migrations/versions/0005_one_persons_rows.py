"""One person's deliveries and attendance are found by an index: planning for one must not read everybody's."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_delivery_recipient", "delivery", ["recipient", "kind"])
    op.create_index("ix_attendance_person", "attendance", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_attendance_person", table_name="attendance")
    op.drop_index("ix_delivery_recipient", table_name="delivery")
