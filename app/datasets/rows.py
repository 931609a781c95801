"""The table of datasets: nothing else writes it."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.datasets.errors import DatasetTaken, DatasetUnknown
from app.db.session import Database
from app.db.tables import DatasetRow, RunRow, Status

USING: tuple[Status, ...] = ("queued", "running", "waiting")


@dataclass(frozen=True)
class DatasetRows:
    database: Database

    async def find(self, workspace: str, name: str) -> DatasetRow | None:
        async with self.database.read() as session:
            return await session.get(DatasetRow, (workspace, name))

    async def all(self, workspace: str) -> list[DatasetRow]:
        mine = select(DatasetRow).where(DatasetRow.workspace == workspace).order_by(DatasetRow.name)
        async with self.database.read() as session:
            return list(await session.scalars(mine))

    async def uploaded(self) -> list[str]:
        """The folders of all workspaces."""
        async with self.database.read() as session:
            return list(await session.scalars(select(DatasetRow.folder).where(DatasetRow.uploaded)))

    @contextlib.asynccontextmanager
    async def changing(self, workspace: str, name: str) -> AsyncGenerator[tuple[AsyncSession, DatasetRow | None]]:
        """A transaction over one that no job uses, or that is not there yet. Raises DatasetTaken."""
        try:
            async with self.database.write.begin() as session:
                row = await hold(session, workspace, name)
                if row is not None:
                    await refuse_used(session, row)
                yield session, row
        except IntegrityError as error:
            raise DatasetTaken(f"{name}: there is such a dataset by now") from error


async def hold(session: AsyncSession, workspace: str, name: str) -> DatasetRow | None:
    """The row, which nobody else changes or removes before the end of this transaction."""
    one = select(DatasetRow).where(DatasetRow.workspace == workspace, DatasetRow.name == name)
    return await session.scalar(one.with_for_update())


async def refuse_used(session: AsyncSession, row: DatasetRow) -> None:
    """Raises DatasetTaken, naming a job that would lose it."""
    mine = select(RunRow.id, RunRow.request).where(RunRow.workspace == row.workspace, RunRow.status.in_(USING))
    for run, request in await session.execute(mine):
        if Path(request["dataset"]).is_relative_to(row.folder):
            raise DatasetTaken(f"{row.name} is used by the job {run}: wait for its end, or cancel it")


def known(row: DatasetRow | None, name: str) -> DatasetRow:
    """Raises DatasetUnknown."""
    if row is None:
        raise DatasetUnknown(f"there is no dataset {name!a} in this workspace")
    return row
