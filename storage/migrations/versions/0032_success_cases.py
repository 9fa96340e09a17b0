"""The cases that people volunteer to tell in a report."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "success_case",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("credit", sa.String(8), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True)),
        sa.Column("issued_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "credit in ('name', 'agency', 'nothing')", name=op.f("ck_success_case_credit_known")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"],
            ["offering.id"],
            name="fk_success_case_offering_id_offering",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_success_case_person_id_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offering_id", "person_id", name="pk_success_case"),
    )
    op.create_index("ix_success_case_person", "success_case", ["person_id"])


def downgrade() -> None:
    op.drop_table("success_case")
