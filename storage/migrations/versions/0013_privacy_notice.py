"""Which versions of the privacy notice there have been, and who wants to be told when sign-up opens."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_notice_version"),
    )
    op.create_table(
        "opening_wish",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "person_id", name="pk_opening_wish"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name="fk_opening_wish_offering_id_offering", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_opening_wish_person_id_person", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_opening_wish_person", "opening_wish", ["person_id"])


def downgrade() -> None:
    op.drop_table("opening_wish")
    op.drop_table("notice_version")
