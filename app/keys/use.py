"""What a workspace has used, as the tables tell it."""

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.tables import CallRow, DatasetRow, DocumentRow, RunRow, ago
from app.keys.quota import Use
from app.providers.ledger import SPENDING

DAY = 24 * 3600


async def used(session: AsyncSession, workspace: str) -> Use:
    since = ago(DAY)
    running, today = (await session.execute(_jobs(workspace, since))).one()
    tokens, usd = (await session.execute(_paid(workspace, since))).one()
    kept = await session.scalar(
        select(func.sum(DatasetRow.bytes)).where(DatasetRow.workspace == workspace, DatasetRow.uploaded)
    )
    documents = await session.scalar(select(func.sum(DocumentRow.bytes)).where(DocumentRow.workspace == workspace))
    # Postgres answers with a Decimal, or with none where there is nothing to add up.
    return Use(
        int(running or 0), int(today or 0), int(tokens or 0), float(usd or 0), int(kept or 0) + int(documents or 0)
    )


def _jobs(workspace: str, since: str) -> Select[int, int]:
    # Not what the command line runs by itself: nobody would ever end one that was killed there.
    handed_in = (RunRow.workspace == workspace, RunRow.queue != "")
    running = case((RunRow.status.in_(("queued", "running")), 1), else_=0)
    today = case((RunRow.created >= since, 1), else_=0)
    return select(func.sum(running), func.sum(today)).where(*handed_in)


def _paid(workspace: str, since: str) -> Select[int, float | None]:
    return (
        select(func.sum(CallRow.input_tokens + CallRow.output_tokens), func.sum(CallRow.usd))
        .join(RunRow, RunRow.id == CallRow.run)
        .where(RunRow.workspace == workspace, CallRow.at >= since, *SPENDING)
    )
