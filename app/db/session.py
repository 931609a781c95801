"""Opens the database."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.db.address import is_postgres, libpq_address
from app.db.bell import Bell, LocalBell
from app.db.engine import make_engine
from app.db.migrate import migrate
from app.db.postgres_bell import PostgresBell

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True)
class Database:
    engine: AsyncEngine
    read: Sessions
    write: Sessions
    """To be used with `begin()`: on SQLite that takes the one lock of writers at once."""
    bell: Bell


@contextlib.asynccontextmanager
async def open_database(url: URL) -> AsyncGenerator[Database]:
    """The database, made or brought up to date first.

    Raises:
        DatabaseUnusable: a newer program made it.
        SQLAlchemyError, psycopg.Error: it cannot be reached or written.
    """
    await migrate(url)
    engine = make_engine(url)
    bell = PostgresBell(libpq_address(url)) if is_postgres(url) else LocalBell()
    try:
        yield Database(
            engine,
            read=async_sessionmaker(read_only(engine, url), expire_on_commit=False),
            write=async_sessionmaker(engine.execution_options(sqlite_begin="IMMEDIATE"), expire_on_commit=False),
            bell=bell,
        )
    finally:
        await bell.close()
        await engine.dispose()


def read_only(engine: AsyncEngine, url: URL) -> AsyncEngine:
    # On Postgres each query sees what is committed by then, in a transaction or not: beginning and ending one is two
    # more turns with the database, of four.
    return engine.execution_options(isolation_level="AUTOCOMMIT") if is_postgres(url) else engine
