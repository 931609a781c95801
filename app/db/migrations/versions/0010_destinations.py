"""Where each call went, and how often it was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("calls") as calls:
        calls.add_column(sa.Column("sent_to", sa.String(), nullable=False, server_default=""))
        calls.add_column(sa.Column("times_sent", sa.Integer(), nullable=False, server_default="0"))
