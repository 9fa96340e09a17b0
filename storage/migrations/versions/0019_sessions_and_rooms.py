"""What facilitators note of a session, dialogue rooms and their phases, and practical needs of people."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _of_offering(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_offering_id_offering"
    return sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=name, ondelete="CASCADE")


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_person_id_person"
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "session_note",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("promised", sa.String(500), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "number", name="pk_session_note"),
        _of_offering("session_note"),
    )
    # Attendance that stands there was marked by facilitators: people could not do it themselves.
    op.execute(
        "insert into session_note (offering_id, number, promised, marked_at)"
        " select distinct a.offering_id, a.number, '', s.ends_at from attendance a"
        " join session s on s.offering_id = a.offering_id and s.number = a.number"
    )
    op.create_table(
        "room_member",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "number", "person_id", name="pk_room_member"),
        _of_offering("room_member"),
        _of_person("room_member"),
    )
    op.create_index("ix_room_member_person", "room_member", ["person_id"])
    op.create_table(
        "room_phase",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "number", name="pk_room_phase"),
        _of_offering("room_phase"),
    )
    op.create_table(
        "access_need",
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "person_id", name="pk_access_need"),
        _of_offering("access_need"),
        _of_person("access_need"),
    )
    op.create_index("ix_access_need_person", "access_need", ["person_id"])


def downgrade() -> None:
    for table in ("access_need", "room_phase", "room_member", "session_note"):
        op.drop_table(table)
