"""The tokens in people's calendar addresses are stored as digests, and go on working; and metrics are counted by
indexes."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


ASIDE = sa.text("state = 'planned' and reason is not null")


def upgrade() -> None:
    op.create_index("ix_delivery_count", "delivery", ["kind", "state"])
    op.create_index(
        "ix_delivery_reason", "delivery", ["reason"], sqlite_where=ASIDE, postgresql_where=ASIDE
    )
    op.add_column("person", sa.Column("calendar_nonce", sa.String(24), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        # Changing the type writes the table anew: in the old one the tokens would stay for a while.
        op.alter_column(
            "person",
            "calendar_token",
            new_column_name="calendar_digest",
            type_=sa.String(64),
            postgresql_using="encode(sha256(convert_to(calendar_token, 'UTF8')), 'hex')",
        )
        op.execute("alter table person rename constraint uq_person_calendar_token to uq_person_calendar_digest")
        return
    connection = op.get_bind()
    person = sa.table("person", sa.column("id"), sa.column("calendar_token"))
    found = connection.execute(sa.select(person).where(person.c.calendar_token.is_not(None))).all()
    for person_id, token in found:
        digest = hashlib.sha256(token.encode()).hexdigest()
        connection.execute(
            sa.update(person).where(person.c.id == person_id).values(calendar_token=digest)
        )
    with op.batch_alter_table("person") as batch:
        batch.drop_constraint("uq_person_calendar_token", type_="unique")
        batch.alter_column("calendar_token", new_column_name="calendar_digest")
    with op.batch_alter_table("person") as batch:  # apart: a batch knows columns by their names from before
        batch.create_unique_constraint("uq_person_calendar_digest", ["calendar_digest"])


def downgrade() -> None:
    op.drop_index("ix_delivery_reason", table_name="delivery")
    op.drop_index("ix_delivery_count", table_name="delivery")
    # No token can be made from its digest. Everybody gets a new address when they next open their calendar.
    op.execute("update person set calendar_digest = null")
    with op.batch_alter_table("person") as batch:
        batch.drop_constraint("uq_person_calendar_digest", type_="unique")
        batch.alter_column("calendar_digest", new_column_name="calendar_token")
        batch.drop_column("calendar_nonce")
    with op.batch_alter_table("person") as batch:
        batch.create_unique_constraint("uq_person_calendar_token", ["calendar_token"])
