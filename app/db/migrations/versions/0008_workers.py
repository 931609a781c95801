"""How often a job was set back, when it is due, and on Postgres the queue that workers take it from."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("setbacks", sa.Integer(), nullable=False, server_default="0"))
        runs.add_column(sa.Column("due", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # Many statements at once, with % in them: only without parameters, which SQLAlchemy always gives.
        connection.connection.cursor().execute(SchemaManager.get_schema())
