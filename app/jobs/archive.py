"""The candidates of each run."""

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from app.db.fence import Fence
from app.db.session import Database
from app.db.tables import VersionRow
from graph.values import Version

REFERENCES = frozenset({"source", "diff", "predictions", "output", "units"})
"""Into the artifact store."""


@dataclass(frozen=True)
class Archive:
    """The `Versions` port."""

    fence: Fence

    async def save(self, version: Version) -> None:
        """Raises LostJob."""
        async with self.fence.writing() as session:
            await session.merge(VersionRow(run=self.fence.run, version=version.version, data=version.as_json()))

    async def all(self) -> list[Version]:
        return await saved_versions(self.fence.database, self.fence.run)


def facts(version: Version) -> dict[str, Any]:
    """What can be said without its texts and files."""
    return {name: value for name, value in version.as_json().items() if name not in REFERENCES}


async def saved_versions(database: Database, run: str) -> list[Version]:
    async with database.read() as session:
        return [to_version(row.data) for row in await session.scalars(versions_of(run))]


def versions_of(run: str) -> Select[VersionRow]:
    return select(VersionRow).where(VersionRow.run == run).order_by(VersionRow.version)


def to_version(data: dict[str, Any]) -> Version:
    """A metric that is not defined is NaN here and null in the database."""
    measured: dict[str, float | None] = data["validation"] or {}
    undefined: dict[str, Any] = {name: math.nan for name, value in measured.items() if value is None}
    if undefined:
        data = data | {"validation": measured | undefined}
    return Version(**data)
