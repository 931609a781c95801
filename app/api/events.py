"""`/v1/jobs/{job}/events`: what a job tells while it goes, as server-sent events."""

from collections.abc import AsyncIterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api.owned import Owned
from app.api.problems import answers
from app.api.services import Given
from app.db.tables import EventRow

router = APIRouter(prefix="/v1/jobs/{job}", tags=["events"], responses=answers(401, 404, 422, 429, 503))
RETRY = 1000
"""Milliseconds after which a client that lost the connection comes again."""
HIGHEST = 2**31 - 1
"""What a database takes for the number of an event."""


async def told(
    row: Owned,
    services: Given,
    after: Annotated[int, Query(ge=0, le=HIGHEST, description="Events with a higher number only.")] = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=HIGHEST)] = None,
) -> AsyncIterable[EventRow]:
    """Checked before the stream begins: an answer that has begun can no longer say 404."""
    start = max(after, last_event_id or 0)
    return services.until_closing(services.jobs.events.follow(row.id, start))


@router.get("/events", response_class=EventSourceResponse)
async def events(rows: Annotated[Any, Depends(told)]) -> AsyncIterable[ServerSentEvent]:
    """From the first event, or from the one after `Last-Event-ID`, to the end of the job.

    The kinds: `status`, `started` and `finished` (a node), `note`, `version` (a candidate was measured),
    `instruction` (a person told it something), `cancel`, `receipt` (what a cancelled job left: nothing).
    """
    async for row in rows:
        yield ServerSentEvent(data=row.data | {"at": row.at}, event=row.kind, id=str(row.number), retry=RETRY)
