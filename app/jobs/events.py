"""What a run tells while it goes: written by the run, followed by anybody."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.fence import Fence
from app.db.session import Database
from app.db.tables import EventRow, RunRow
from app.jobs.lifecycle import RESTING
from app.jobs.progress import Event

MOST_BYTES = 16_384
"""Of the JSON of one event."""
MOST_CHARACTERS = 1000
"""Of one text in an event that is too long."""
PAGE = 500
FALLBACK = 15.0
"""Seconds after which a follower looks without being woken: a connection may be lost, or another process write."""

ROWS = EventRow.metadata.tables[EventRow.__tablename__]
# Made once: it is done several times for each step of each run.
NEXT = select(func.coalesce(func.max(ROWS.c.number), 0) + 1).where(ROWS.c.run == bindparam("of")).scalar_subquery()
ADDED = insert(ROWS).values(run=bindparam("of"), number=NEXT, kind=bindparam("what"), data=bindparam("more"))


@dataclass(frozen=True)
class Journal:
    """The writing end."""

    fence: Fence

    async def write(self, *events: Event) -> None:
        """All of them, or none. Raises LostJob."""
        told = [(event.kind, event.as_json()) for event in events]
        async with self.fence.writing() as session:
            await tell_all(self.fence.database, session, self.fence.run, told)


def last_step_of(run: str) -> Select[EventRow]:
    """That the node which began last did so."""
    query = select(EventRow).where(EventRow.run == run, EventRow.kind == "started")
    return query.order_by(EventRow.number.desc()).limit(1)


def in_progress(steps: Iterable[tuple[str, dict[str, Any]]]) -> list[str]:
    """The nodes that were started more often than finished."""
    running = Counter[str]()
    for kind, data in steps:
        running[data["node"]] += 1 if kind == "started" else -1
    return sorted(running.elements())


async def sign_off(database: Database, session: AsyncSession, run: str) -> None:
    """The receipt for a cancelled run: what was in progress, and that nothing of it is any more."""
    steps = select(EventRow).where(EventRow.run == run, EventRow.kind.in_(("started", "finished")))
    rows = await session.scalars(steps.order_by(EventRow.number))
    stopped = in_progress([(row.kind, row.data) for row in rows])
    data = {"stopped": stopped, "text": "no model call, program or container of it is left"}
    await tell(database, session, run, "receipt", data)


async def tell(database: Database, session: AsyncSession, run: str, kind: str, data: dict[str, Any]) -> None:
    """Adds an event in the transaction of `session`, which must hold the run; followers wake when it commits."""
    await tell_all(database, session, run, [(kind, data)])


async def tell_all(database: Database, session: AsyncSession, run: str, told: Iterable[tuple[str, Any]]) -> None:
    """The same of several, each a kind with its data."""
    # Not through the session, which looks at each statement again for what it may mean to objects; and one by one:
    # several would be sent as a pipeline, which Postgres does not end where the process is stopped in its midst.
    connection = await session.connection()
    for kind, data in told:
        await connection.execute(ADDED, {"of": run, "what": kind, "more": bounded(data)})
    await database.bell.announce(session, run)


def bounded(data: dict[str, Any]) -> dict[str, Any]:
    """As it is; where that is too much with its texts cut short; where that is still too much, only its size."""
    size = len(json.dumps(data))
    if size > MOST_BYTES:
        data = shortened(data)
        size = len(json.dumps(data))
    return data if size <= MOST_BYTES else {"omitted_bytes": size}


def shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: shortened(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [shortened(item) for item in value]
    cut = isinstance(value, str) and len(value) > MOST_CHARACTERS
    return f"{value[:MOST_CHARACTERS]} ..." if cut else value


@dataclass(frozen=True)
class Events:
    """The reading end."""

    database: Database
    fallback: float = FALLBACK

    async def follow(self, run: str, after: int = 0) -> AsyncGenerator[EventRow]:
        """The events with a number above `after` as they come, until the run rests; one that rests ends at once.

        While a run waits for a person the stream stays open.
        """
        async with self.database.bell.hear(run) as woken:
            resting = False
            while not resting:
                woken.clear()
                rows, resting = await self._page(run, after)
                for row in rows:
                    after = row.number
                    yield row
                if rows:
                    resting = False
                elif not resting:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self.fallback):
                            await woken.wait()

    async def _page(self, run: str, after: int) -> tuple[list[EventRow], bool]:
        query = select(EventRow).where(EventRow.run == run, EventRow.number > after).order_by(EventRow.number)
        async with self.database.read() as session:
            # The status first: the last event may come between the two.
            status = await session.scalar(select(RunRow.status).where(RunRow.id == run))
            rows = list(await session.scalars(query.limit(PAGE)))
        return rows, status is None or status in RESTING
