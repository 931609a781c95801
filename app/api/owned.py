"""A job of the caller's own workspace; one of another does not exist for the caller."""

from typing import Annotated

from fastapi import Depends, Path

from app.api.access import Asking
from app.api.services import Given
from app.db.tables import RunRow
from graph.errors import RunUnknown

JobId = Annotated[str, Path(max_length=80, description="The id of the job.")]


async def owned(job: JobId, services: Given, caller: Asking) -> RunRow:
    """Raises RunUnknown."""
    try:
        row = await services.jobs.runs.get(job)
    except RunUnknown:
        row = None
    if row is None or row.workspace != caller.workspace:
        raise RunUnknown(f"there is no job {job!r}")
    return row


Owned = Annotated[RunRow, Depends(owned)]
