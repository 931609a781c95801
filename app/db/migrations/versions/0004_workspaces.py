"""What each workspace may use."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("jobs_running", sa.Integer(), nullable=True),
        sa.Column("jobs_a_day", sa.Integer(), nullable=True),
        sa.Column("tokens", sa.BigInteger(), nullable=True),
        sa.Column("usd", sa.Double(), nullable=True),
        sa.Column("disk_mb", sa.Integer(), nullable=True),
    )
