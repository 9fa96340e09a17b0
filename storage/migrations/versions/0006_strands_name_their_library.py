"""A strand names the library that its prompts come from. Until now its number did: 1 to 4 as shipped."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LIBRARIES = {1: "complexity", 2: "dialogue", 3: "foresight", 4: "coaching"}


def upgrade() -> None:
    op.add_column("strand", sa.Column("prompts", sa.String(40), nullable=True))
    strand = sa.table("strand", sa.column("number", sa.Integer), sa.column("prompts", sa.String))
    for number, name in LIBRARIES.items():
        op.execute(strand.update().where(strand.c.number == number).values(prompts=name))


def downgrade() -> None:
    op.drop_column("strand", "prompts")
