"""Both kinds of databases, for whatever has to work on both."""

import signal
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fakes.postgres import PostgresServer, postgres_server
from sqlalchemy import URL

from app.db.address import sqlite_address
from app.db.checkpoints import Checkpoints
from app.db.session import Database
from app.wiring import DATABASE, open_store


def pytest_configure() -> None:
    """Where tests run in a shell's background, Ctrl-C is ignored, and what they start would take that over."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres_server())
        except Exception as error:  # noqa: BLE001 (a machine where it does not start is told of, not failed)
            pytest.skip(f"Postgres is not tested here: {type(error).__name__}: {error}")
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return sqlite_address(tmp_path / DATABASE)
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
async def store(url: URL, tmp_path: Path) -> AsyncGenerator[tuple[Database, Checkpoints]]:
    async with open_store(url) as opened:
        yield opened


@pytest.fixture
def database(store: tuple[Database, Checkpoints]) -> Database:
    return store[0]


@pytest.fixture
def checkpoints(store: tuple[Database, Checkpoints]) -> Checkpoints:
    return store[1]
