"""Datasets of a workspace (placeholder until uploads are merged)."""

from dataclasses import dataclass

from app.db.session import Database
from app.db.tables import DatasetRow
from graph.errors import DatasetInvalid


@dataclass(frozen=True)
class Registered:
    database: Database

    async def get(self, workspace: str, name: str) -> DatasetRow:
        async with self.database.read() as session:
            row = await session.get(DatasetRow, (workspace, name))
        if row is None:
            raise DatasetInvalid(f"there is no dataset {name!r}")
        return row
