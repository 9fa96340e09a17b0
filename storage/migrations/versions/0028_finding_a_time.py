"""Polls on the time of a session; an absence knows for which time it was said; who wants the link of a remote
session shortly before."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "time_poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_time_poll_offering_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_poll")),
    )
    op.create_index("ix_time_poll_offering", "time_poll", ["offering_id"])
    op.create_index("ix_time_poll_asked_by", "time_poll", ["asked_by"])
    op.create_table(
        "time_answer",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["time_poll.id"], name=op.f("fk_time_answer_poll_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_time_answer_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_time_answer")),
    )
    op.create_index("ix_time_answer_person", "time_answer", ["person_id"])
    op.add_column("person", sa.Column("link_before", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("absence", sa.Column("said_for", sa.String(32), nullable=True))
    op.execute(
        sa.text(
            "UPDATE absence SET said_for = (SELECT substr(CAST(session.on_date AS VARCHAR), 1, 10) || ' '"
            " || substr(CAST(session.starts AS VARCHAR), 1, 5) || ' '"
            " || substr(CAST(session.ends AS VARCHAR), 1, 5) FROM session"
            " WHERE session.offering_id = absence.offering_id AND session.number = absence.number)"
            " WHERE absent = true"
        )
    )


def downgrade() -> None:
    op.drop_column("absence", "said_for")
    op.drop_column("person", "link_before")
    op.drop_table("time_answer")
    op.drop_table("time_poll")
