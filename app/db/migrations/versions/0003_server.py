"""Whose a run is and who is to take it; keys and datasets."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("workspace", sa.String(), nullable=False, server_default="default"))
        runs.add_column(sa.Column("queue", sa.String(), nullable=False, server_default=""))
        runs.add_column(sa.Column("answer", sa.JSON(), nullable=True))
        runs.add_column(sa.Column("idempotency_key", sa.String(), nullable=True))
        runs.create_index("ix_runs_workspace", ["workspace"])
        runs.create_unique_constraint("uq_runs_idempotency", ["workspace", "idempotency_key"])
    op.create_table(
        "keys",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created", sa.String(), nullable=False),
        sa.Column("expires", sa.String(), nullable=True),
    )
    op.create_index("ix_keys_workspace", "keys", ["workspace"])
    op.create_table(
        "datasets",
        sa.Column("workspace", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uploaded", sa.Boolean(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("created", sa.String(), nullable=False),
    )
