"""What a job was forked from, and which of its calls were paid for there."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("forked_from", sa.JSON(), nullable=True))
    with op.batch_alter_table("calls") as calls:
        calls.add_column(sa.Column("inherited", sa.Boolean(), nullable=False, server_default=sa.false()))
