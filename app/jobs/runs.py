"""The table of runs, and the archive of each run's candidates."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from app.db.session import Sessions
from app.db.tables import RunRow, VersionRow
from app.jobs.request import RunRequest
from graph.errors import RunUnknown
from graph.values import Version


def new_run_id(task: str) -> str:
    words = "".join(char if char.isascii() and char.isalnum() else "-" for char in task.lower())
    name = "-".join(part for part in words.split("-") if part)[:40] or "run"
    return f"{name}-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class Runs:
    sessions: Sessions

    async def add(self, run: str, request: RunRequest) -> None:
        async with self.sessions() as session, session.begin():
            session.add(RunRow(id=run, status="running", request=request.as_json()))

    async def get(self, run: str) -> RunRow:
        """Raises RunUnknown."""
        async with self.sessions() as session:
            row = await session.get(RunRow, run)
        if row is None:
            raise RunUnknown(f"there is no run {run!r} here: `autoiot show` lists them, AUTOIOT_HOME says where")
        return row

    async def all(self) -> list[RunRow]:
        async with self.sessions() as session:
            return list(await session.scalars(select(RunRow).order_by(RunRow.created)))

    async def set(self, run: str, **values: Any) -> None:
        async with self.sessions() as session, session.begin():
            await session.execute(update(RunRow).where(RunRow.id == run).values(**values))


@dataclass(frozen=True)
class Archive:
    """The `Versions` port."""

    sessions: Sessions
    run: str

    async def save(self, version: Version) -> None:
        async with self.sessions() as session, session.begin():
            await session.merge(VersionRow(run=self.run, version=version.version, data=version.as_json()))

    async def all(self) -> list[Version]:
        query = select(VersionRow).where(VersionRow.run == self.run).order_by(VersionRow.version)
        async with self.sessions() as session:
            return [Version(**row.data) for row in await session.scalars(query)]
