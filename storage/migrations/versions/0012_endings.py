"""The end of an offering: materials of sessions, what a programme says at the end, turns that are kept,
answers on use, and certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.add_column("programme", sa.Column("closing", sa.JSON(none_as_null=True)))
    op.add_column("session", sa.Column("materials", sa.JSON(none_as_null=True)))
    op.add_column("enrolment", sa.Column("turn", sa.Integer()))
    op.create_table(
        "kept_turn",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("strand_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "strand_id", name="pk_kept_turn"),
        _of("kept_turn", "person_id", "person"),
        _of("kept_turn", "strand_id", "strand"),
    )
    op.create_index("ix_kept_turn_strand", "kept_turn", ["strand_id"])
    op.create_table(
        "use_answer",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "key", "person_id", name="pk_use_answer"),
        _of("use_answer", "offering_id", "offering"),
        _of("use_answer", "person_id", "person"),
    )
    op.create_index("ix_use_answer_person", "use_answer", ["person_id"])
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_certificate"),
        sa.UniqueConstraint("person_id", "offering_id", name="uq_certificate_person_id_offering_id"),
        sa.UniqueConstraint("code", name="uq_certificate_code"),
        sa.UniqueConstraint("token", name="uq_certificate_token"),
        _of("certificate", "person_id", "person"),
        _of("certificate", "offering_id", "offering"),
    )
    op.create_index("ix_certificate_offering_id", "certificate", ["offering_id"])


def downgrade() -> None:
    for table in ("certificate", "use_answer", "kept_turn"):
        op.drop_table(table)
    op.drop_column("enrolment", "turn")
    op.drop_column("session", "materials")
    op.drop_column("programme", "closing")
