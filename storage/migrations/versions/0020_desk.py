"""Removals that can be undone, and invitations by facilitators."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("becomes", sa.String(12), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("becomes in ('removed', 'waiting')", name=op.f("ck_removal_becomes_known")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_removal_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_removal_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
        sqlite_autoincrement=True,
    )
    _partial("uq_removal_open", "removal", ["enrolment_id"], "done_at is null")
    op.create_index("ix_removal_enrolment", "removal", ["enrolment_id"])
    op.create_index("ix_removal_person", "removal", ["person_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'accepted', 'declined')", name=op.f("ck_invitation_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_invitation_offering_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invitation_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sqlite_autoincrement=True,
    )
    _partial("uq_invitation_open", "invitation", ["offering_id", "person_id"], "state = 'open'")
    op.create_index("ix_invitation_person", "invitation", ["person_id"])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    op.drop_table("invitation")
    op.drop_table("removal")
