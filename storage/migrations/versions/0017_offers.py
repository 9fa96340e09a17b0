"""Free seats are offered: who was offered which seat until when, and the rules of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seat_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.CheckConstraint(
            "outcome in ('accepted', 'declined', 'lapsed', 'unheard', 'void')",
            name="ck_seat_offer_outcome_known",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_seat_offer"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name="fk_seat_offer_offering_id_offering", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name="fk_seat_offer_enrolment_id_enrolment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_seat_offer_person_id_person", ondelete="CASCADE"
        ),
    )
    standing = sa.text("outcome is null")
    op.create_index(
        "uq_seat_offer_standing",
        "seat_offer",
        ["enrolment_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index("ix_seat_offer_enrolment", "seat_offer", ["enrolment_id"])
    op.create_index("ix_seat_offer_offering", "seat_offer", ["offering_id"])
    op.create_index("ix_seat_offer_person", "seat_offer", ["person_id"])
    op.add_column("enrolment", sa.Column("place", sa.Double(), nullable=True))
    op.add_column("enrolment", sa.Column("let_go", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("offering", sa.Column("seats_opened", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("offering", sa.Column("seats_free", sa.JSON(), nullable=False, server_default="[]"))
    for table in ("programme", "offering"):
        op.add_column(table, sa.Column("offer_rules", sa.JSON(), nullable=True))


def downgrade() -> None:
    for table in ("programme", "offering"):
        op.drop_column(table, "offer_rules")
    for column in ("seats_opened", "seats_free"):
        op.drop_column("offering", column)
    for column in ("place", "let_go"):
        op.drop_column("enrolment", column)
    op.drop_table("seat_offer")
