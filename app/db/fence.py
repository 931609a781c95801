"""The right to write what belongs to a run: as long as nobody else has claimed it."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.errors import LostJob
from app.db.session import Database
from app.db.tables import RunRow

ROWS = RunRow.metadata.tables[RunRow.__tablename__].c
# Made once, and of the table, not of its class: it is asked before every write, and making it costs more than asking.
# Postgres locks the row, SQLite has locked the file: a claim waits for the end of the transaction.
HELD = (
    select(ROWS.id)
    .where(ROWS.id == bindparam("run"), ROWS.attempt == bindparam("attempt"), ROWS.status == "running")
    .with_for_update()
)


@dataclass(frozen=True)
class Fence:
    """One claim of a run. Whoever slept through the next claim can write nothing any more."""

    database: Database
    run: str
    attempt: int

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        """A transaction during which the run cannot be claimed by anybody else; LostJob where it has been."""
        async with self.database.write.begin() as session:
            connection = await session.connection()
            if await connection.scalar(HELD, {"run": self.run, "attempt": self.attempt}) is None:
                raise LostJob(f"{self.run} was taken over by another process, or cancelled; this one has stopped")
            yield session
