"""Reflection prompts"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "person_key",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_with", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_key")),
    )
    op.create_table(
        "prompt_choice",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("frequency", sa.String(length=8), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("away_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_to_fade_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_prompt_choice_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_prompt_choice")),
    )
    op.create_table(
        "reflection_draft",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("about", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reflection_draft_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "about", name=op.f("pk_reflection_draft")),
    )
    op.create_table(
        "stale_prompts",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_stale_prompts_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_stale_prompts")),
    )
    op.create_table(
        "saved_prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strand_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["strand_id"], ["strand.id"], name=op.f("fk_saved_prompt_strand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_prompt")),
    )
    with op.batch_alter_table("saved_prompt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_prompt_strand_id"), ["strand_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_attendance_offering_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attendance_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offering_id", "number", "person_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=True),
        sa.Column("author", sa.String(length=32), nullable=True),
        sa.Column("moment", sa.String(length=12), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("library_key", sa.String(length=80), nullable=True),
        sa.Column("after_session", sa.Integer(), nullable=True),
        sa.Column("before_session", sa.Integer(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("has_reminder", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("in_thread", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('draft', 'planned', 'cancelled', 'stopped')", name=op.f("ck_prompt_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_prompt_offering_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
        sa.UniqueConstraint("offering_id", "series", name=op.f("uq_prompt_offering_id_series")),
    )
    op.create_table(
        "reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shared", sa.String(length=12), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "shared in ('private', 'facilitators', 'group')", name=op.f("ck_reflection_shared_known")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reflection_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompt.id"], name=op.f("fk_reflection_prompt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection")),
        sa.UniqueConstraint("person_id", "prompt_id", name=op.f("uq_reflection_person_id_prompt_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.create_index("ix_reflection_prompt", ["prompt_id"], unique=False)

    with op.batch_alter_table("offering", schema=None) as batch_op:
        batch_op.add_column(sa.Column("has_prompts", sa.Boolean(), server_default=sa.true(), nullable=False))

    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prompt_rules", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:

    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.drop_column("prompt_rules")

    with op.batch_alter_table("offering", schema=None) as batch_op:
        batch_op.drop_column("has_prompts")

    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.drop_index("ix_reflection_prompt")

    op.drop_table("reflection")
    op.drop_table("prompt")
    op.drop_table("attendance")
    with op.batch_alter_table("saved_prompt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_prompt_strand_id"))

    op.drop_table("saved_prompt")
    op.drop_table("stale_prompts")
    op.drop_table("reflection_draft")
    op.drop_table("prompt_choice")
    op.drop_table("person_key")
