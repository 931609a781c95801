"""Who runs a run and whether it is alive; what it told while it went."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        # A run that is `running` here has no heartbeat: it counts as killed, and can go on.
        runs.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
        runs.add_column(sa.Column("worker", sa.String(), nullable=False, server_default=""))
        runs.add_column(sa.Column("heartbeat", sa.String(), nullable=False, server_default=""))
        runs.add_column(sa.Column("cancel_requested", sa.Boolean(), nullable=False, server_default=sa.false()))
        runs.add_column(sa.Column("started", sa.String(), nullable=True))
        runs.add_column(sa.Column("ended", sa.String(), nullable=True))
    op.create_table(
        "events",
        sa.Column("run", sa.String(), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
    )
