"""Quotas of the workspaces: set by whoever runs the server, looked at when something new is asked for.

What runs is not stopped by them, and requests that come at the same moment may go over by as many as they are.
"""

from dataclasses import asdict, dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.session import Database
from app.db.tables import WorkspaceRow
from app.keys.errors import QuotaExceeded
from app.keys.names import check_workspace
from app.keys.quota import Quota, Use, exceeded, too_big
from app.keys.use import used


@dataclass(frozen=True)
class Quotas:
    database: Database
    defaults: Quota = Quota()

    async def get(self, workspace: str) -> Quota:
        """Its own, and the server's where it has none."""
        async with self.database.read() as session:
            return (await _own(session, workspace)).over(self.defaults)

    async def set(self, workspace: str, quota: Quota, *, reset: bool = False) -> None:
        """What is None stays as it was; with `reset` it follows the server's from now on."""
        name = check_workspace(workspace)
        async with self.database.write.begin() as session:
            own = Quota() if reset else await _own(session, name)
            await session.merge(WorkspaceRow(name=name, **asdict(quota.over(own))))

    async def use(self, workspace: str) -> Use:
        async with self.database.read() as session:
            return await used(session, workspace)

    async def refuse_job(self, workspace: str) -> None:
        """Raises QuotaExceeded."""
        quota = await self.get(workspace)
        if quota != Quota():
            refuse(exceeded(quota, await self.use(workspace)))

    async def refuse_bytes(self, workspace: str, more: int) -> None:
        """Raises QuotaExceeded where `more` bytes would be too many."""
        refuse(too_big(await self.get(workspace), await self.use(workspace), more))


async def _own(session: AsyncSession, workspace: str) -> Quota:
    row = await session.get(WorkspaceRow, workspace)
    return Quota(**{name: getattr(row, name) for name in asdict(Quota())}) if row else Quota()


def refuse(problem: str | None) -> None:
    if problem:
        raise QuotaExceeded(problem)
