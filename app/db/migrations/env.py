"""Run by Alembic: by `app.db.migrate` with a connection, by a developer with `-x url=...`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine

from app.db.plain import PlainJson, Words
from app.db.tables import Table


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """A migration must mean the same when our own types have changed."""
    if kind == "type" and isinstance(item, Words | PlainJson):
        return "sa.String()" if isinstance(item, Words) else "sa.JSON()"
    return False


def is_ours(name: str | None, kind: str, _: Any) -> bool:
    """LangGraph keeps its own tables in the same Postgres database, and migrates them itself."""
    return kind != "table" or name in Table.metadata.tables


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=is_ours,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as opened:
        run(opened)
