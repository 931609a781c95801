"""The one table of outside calls: what is in it finished is never paid for again."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, update

from app.db.fence import Fence
from app.db.session import Database
from app.db.tables import CallRow
from app.providers.usage import Usage


@dataclass(frozen=True)
class Key:
    """Names a call within its run."""

    kind: str
    node: str
    iteration: int = 0
    item: str = ""

    def __str__(self) -> str:
        item = f", item {self.item!r}" if self.item else ""
        return f"{self.kind} call of {self.node}, iteration {self.iteration}{item}"


@dataclass(frozen=True)
class Reply:
    text: str
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = None
    cut_off: bool = False
    """It stopped at the token limit, not at its end."""
    outside: bool = True
    """False for what never left this machine, such as a search in one's own documents."""


SPENDING = (CallRow.outside, CallRow.inherited.is_(False))
"""Left this machine, for this run: what a fork took over was paid by the job that it comes from."""


@dataclass(frozen=True)
class Calls:
    """The ledger of a run, for whoever only reads it."""

    database: Database
    run: str

    async def usage(self) -> Usage:
        columns = (CallRow.input_tokens, CallRow.output_tokens, CallRow.bytes_sent, CallRow.bytes_received)
        sums = [func.coalesce(func.sum(column), 0) for column in columns]
        paid = CallRow.status.in_(("finished", "rejected"))
        mine = (CallRow.run == self.run, *SPENDING, paid)
        query = select(func.count(), *sums, func.sum(CallRow.usd)).where(*mine)
        async with self.database.read() as session:
            return Usage(*(await session.execute(query)).one())

    async def models(self) -> list[str]:
        """The chat models that really answered, or had answered when it was recorded."""
        mine = select(CallRow.model).where(CallRow.run == self.run, CallRow.kind == "chat")
        async with self.database.read() as session:
            return sorted(await session.scalars(mine.where(CallRow.model != "").distinct()))

    async def rows(self) -> list[CallRow]:
        async with self.database.read() as session:
            return list(await session.scalars(select(CallRow).where(CallRow.run == self.run).order_by(CallRow.id)))


def as_value(row: CallRow) -> dict[str, Any]:
    """One call, with all that was sent and came back."""
    return {column.name: getattr(row, column.name) for column in CallRow.__table__.columns}


@dataclass(frozen=True)
class Ledger:
    """Every write raises LostJob once the run is not ours any more."""

    fence: Fence

    @property
    def run(self) -> str:
        return self.fence.run

    @property
    def calls(self) -> Calls:
        return Calls(self.fence.database, self.run)

    async def once(self, key: Key, request: str, pay: Callable[[], Awaitable[Reply]]) -> CallRow:
        """The finished call of this name; made, and paid for, if there is none yet."""
        async with self.fence.database.read() as session:
            found = await session.scalar(self._named(key).where(CallRow.status == "finished"))
        if found:
            return found
        row = await self._begin(key, request)
        started = time.monotonic()
        try:
            reply = await pay()
        except Exception as error:
            await self._close(row, status="failed", problem=str(error)[:500], seconds=time.monotonic() - started)
            raise
        return await self._close(
            row,
            status="finished",
            reply=reply.text,
            cut_off=reply.cut_off,
            model=reply.model,
            input_tokens=reply.input_tokens,
            output_tokens=reply.output_tokens,
            bytes_received=len(reply.text.encode("utf-8", "replace")),
            usd=reply.usd,
            outside=reply.outside,
            seconds=time.monotonic() - started,
        )

    async def reject(self, row: CallRow, problem: str) -> None:
        """The reply was of no use: the next `once` asks again."""
        await self._close(row, status="rejected", problem=problem[:500])

    def _named(self, key: Key) -> Select[CallRow]:
        return select(CallRow).where(
            CallRow.run == self.run,
            CallRow.kind == key.kind,
            CallRow.node == key.node,
            CallRow.iteration == key.iteration,
            CallRow.item == key.item,
        )

    async def _begin(self, key: Key, request: str) -> CallRow:
        async with self.fence.writing() as session:
            attempts = len((await session.scalars(self._named(key))).all())
            row = CallRow(
                run=self.run,
                kind=key.kind,
                node=key.node,
                iteration=key.iteration,
                item=key.item,
                attempt=attempts + 1,
                status="started",
                request=request,
                bytes_sent=len(request.encode("utf-8", "replace")),
            )
            session.add(row)
        return row

    async def _close(self, row: CallRow, **values: object) -> CallRow:
        async with self.fence.writing() as session:
            changed = update(CallRow).where(CallRow.id == row.id).values(**values).returning(CallRow)
            return (await session.scalars(changed)).one()
