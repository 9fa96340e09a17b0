"""The log of acts, and the pseudonym by which it speaks of each person."""

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

RANDOM = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "replace(gen_random_uuid()::text, '-', '')"}


def upgrade() -> None:
    op.add_column("person", sa.Column("pseudonym", sa.String(32), nullable=True))
    op.execute(f"update person set pseudonym = {RANDOM[op.get_context().dialect.name]}")
    op.create_index("ix_person_pseudonym", "person", ["pseudonym"], unique=True)
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("done_by", sa.String(8), nullable=False),
        sa.Column("actor", sa.String(32), nullable=True),
        sa.Column("person", sa.String(32), nullable=True),
        sa.Column("offering", sa.String(40), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_act_person", "act", ["person"])
    op.create_index("ix_act_actor", "act", ["actor"])
    op.create_index("ix_act_offering", "act", ["offering", "at"])
    op.create_table(
        "act_reason",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_act_reason_act_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_act_reason_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_act_reason")),
    )
    op.create_index("ix_act_reason_person", "act_reason", ["person_id"])


def downgrade() -> None:
    op.drop_table("act_reason")
    op.drop_table("act")
    op.drop_index("ix_person_pseudonym", "person")
    op.drop_column("person", "pseudonym")
