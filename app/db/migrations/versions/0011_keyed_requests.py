"""What a job with an idempotency key was asked for with."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("asked_sha256", sa.String(), nullable=True))
