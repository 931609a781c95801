"""Jobs with a source and a sandbox of the test's own, over a real database."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from app.db.address import sqlite_address
from app.jobs.service import Jobs
from app.providers.source import Source
from app.wiring import DATABASE, open_store
from sandbox.base import Sandbox


@contextlib.asynccontextmanager
async def opened_jobs(
    home: Path, source: Source, sandbox: Sandbox, url: URL | None = None, **more: Any
) -> AsyncGenerator[Jobs]:
    """On SQLite in `home`, or on the database at `url`."""
    async with open_store(url or sqlite_address(home / DATABASE), home) as (database, checkpoints):
        yield Jobs(home, database, checkpoints, lambda _: source, lambda _: sandbox, **more)
