"""How far a run is, in one look."""

from dataclasses import dataclass

from app.db.session import Database
from app.db.tables import EventRow
from app.jobs.archive import to_version, versions_of
from app.jobs.events import last_step_of
from app.providers.ledger import Usage, usage_of
from graph.values import Version


@dataclass(frozen=True)
class Overview:
    versions: list[Version]
    usage: Usage
    last: EventRow | None
    """That the node which began last did so."""


async def overview(database: Database, run: str) -> Overview:
    # One session for all: many look at once, and each session takes its own turns with the database.
    async with database.read() as session:
        versions = [to_version(row.data) for row in await session.scalars(versions_of(run))]
        usage = Usage(*(await session.execute(usage_of(run))).one())
        return Overview(versions, usage, await session.scalar(last_step_of(run)))
