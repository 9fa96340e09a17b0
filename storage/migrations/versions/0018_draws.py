"""Offerings whose seats are drawn when sign-up ends: the draw and its seed, and what people would like."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offering", sa.Column("draw", sa.JSON(none_as_null=True)))
    op.create_table(
        "draw",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(32), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True)),
        sa.Column("drawn_at", sa.DateTime(timezone=True)),
        sa.Column("drawn_with", sa.Integer()),
        sa.Column("seats_each", sa.Integer()),
        sa.Column("room", sa.JSON(none_as_null=True)),
        sa.Column("result", sa.String(16)),
        sa.PrimaryKeyConstraint("offering_id", name="pk_draw"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name="fk_draw_offering_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "preference",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency", sa.String(200)),
        sa.Column("role", sa.String(16)),
        sa.Column("waited", sa.Boolean()),
        sa.PrimaryKeyConstraint("offering_id", "person_id", name="pk_preference"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name="fk_preference_offering_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_preference_person_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_preference_person", "preference", ["person_id"])


def downgrade() -> None:
    op.drop_table("preference")
    op.drop_table("draw")
    op.drop_column("offering", "draw")
