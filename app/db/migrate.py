"""Brings a database to the tables of this program: a new one, an older one, one from before versions were kept."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, text

from app.db.address import is_postgres, shown
from app.db.engine import make_engine
from app.db.errors import DatabaseUnusable

FIRST = "0001"
"""The tables as they were while nobody wrote their version down."""
LOCK = 4_118_205_377
"""Ours among the advisory locks of a Postgres database."""


async def migrate(url: URL) -> str:
    """The revision that the database has now; several processes may do this at once.

    Raises:
        DatabaseUnusable: a newer program made it.
    """
    config = make_config()
    # An engine of its own: with foreign keys on, SQLite would delete the children of a table that is rebuilt.
    engine = make_engine(url, foreign_keys=False)
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(revision)
        # Looked at without a lock first: a database that may only be read can still be shown.
        if found != head(config):
            async with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
                found = await connection.run_sync(upgrade, config, url)
    finally:
        await engine.dispose()
    return str(found)


def make_config() -> Config:
    config = Config()
    config.set_main_option("script_location", "app.db:migrations")
    return config


def head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, config: Config, url: URL) -> str | None:
    """Within one transaction of `connection`, alone."""
    if is_postgres(url):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    found = revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseUnusable(
            f"the {shown(url)} was made by a newer AutoIOT (its revision is {found}): update this one, or name another"
        )
    config.attributes["connection"] = connection
    if found is None and inspect(connection).has_table("runs"):
        command.stamp(config, FIRST)
    command.upgrade(config, "head")
    return revision(connection)
