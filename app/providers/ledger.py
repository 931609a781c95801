"""The one table of outside calls: what is in it finished is never paid for again."""

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.fence import Fence
from app.db.session import Database
from app.db.tables import CallRow
from app.outgoing import Sent, noting
from app.providers.usage import Usage
from graph.budget import Spent, exhausted
from graph.errors import BudgetSpent, RunFailed
from graph.position import LAST
from graph.task import Budget


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


def left(notes: list[Sent]) -> dict[str, Any]:
    """What of a row says where it went; nothing where nothing did."""
    if not notes:
        return {}
    return {
        "sent_to": ", ".join(dict.fromkeys(note.to for note in notes)),
        "times_sent": len(notes),
        "bytes_sent": sum(len(note.text.encode("utf-8", "replace")) for note in notes),
    }


SPENDING = (CallRow.outside, CallRow.inherited.is_(False))
"""Left this machine, for this run: what a fork took over was paid by the job that it comes from."""


def usage_of(run: str) -> Select[*tuple[Any, ...]]:
    """The fields of Usage."""
    columns = (CallRow.input_tokens, CallRow.output_tokens, CallRow.bytes_sent, CallRow.bytes_received)
    sums = [func.coalesce(func.sum(column), 0) for column in columns]
    paid = CallRow.status.in_(("finished", "rejected"))
    return select(func.count(), *sums, func.sum(CallRow.usd)).where(CallRow.run == run, *SPENDING, paid)


def spending(run: str) -> Select[*tuple[Any, ...]]:
    """What counts towards its budget: `calls`, `tokens`, `usd`, and as `unpriced` a model of unknown price.

    `most_tokens` and `most_usd` are those of the one call that took most of them.
    """
    of_model, tokens = CallRow.kind == "chat", CallRow.input_tokens + CallRow.output_tokens
    return select(
        func.count().filter(of_model, CallRow.status != "failed").label("calls"),
        func.coalesce(func.sum(tokens), 0).label("tokens"),
        func.coalesce(func.max(tokens), 0).label("most_tokens"),
        func.sum(CallRow.usd).label("usd"),
        func.max(CallRow.usd).label("most_usd"),
        func.max(CallRow.model).filter(of_model, CallRow.usd.is_(None), CallRow.model != "").label("unpriced"),
    ).where(CallRow.run == run, *SPENDING)


@dataclass(frozen=True)
class Calls:
    """The ledger of a run, for whoever only reads it."""

    database: Database
    run: str

    async def usage(self) -> Usage:
        async with self.database.read() as session:
            return Usage(*(await session.execute(usage_of(self.run))).one())

    async def models(self) -> list[str]:
        """The chat models that really answered, or had answered when it was recorded."""
        mine = select(CallRow.model).where(CallRow.run == self.run, CallRow.kind == "chat")
        async with self.database.read() as session:
            return sorted(await session.scalars(mine.where(CallRow.model != "").distinct()))

    async def questions(self) -> dict[int, int]:
        """How many questions to the model were answered in each iteration; those of the end belong to none."""
        answered = CallRow.status.in_(("finished", "rejected"))
        mine = (CallRow.run == self.run, CallRow.kind == "chat", CallRow.node.not_in(LAST), answered)
        counts = select(CallRow.iteration, func.count()).where(*mine).group_by(CallRow.iteration)
        async with self.database.read() as session:
            return {iteration: count for iteration, count in await session.execute(counts)}

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
    budget: Budget = field(default_factory=Budget)
    """A call of the model for which it does not last is not made."""
    seconds: Callable[[], float] = float
    """How long the run has taken, in all attempts."""

    @property
    def run(self) -> str:
        return self.fence.run

    @property
    def calls(self) -> Calls:
        return Calls(self.fence.database, self.run)

    def minutes_left(self) -> float:
        return math.inf if self.budget.minutes is None else self.budget.minutes - self.seconds() / 60

    async def once(self, key: Key, request: str, pay: Callable[[], Awaitable[Reply]]) -> CallRow:
        """The finished call of this name; made, and paid for, if there is none yet.

        Raises:
            BudgetSpent: it would be one too many.
            RunFailed: nobody knows what it would cost, and there is a budget for that.
        """
        async with self.fence.database.read() as session:
            found = await session.scalar(self._named(key).where(CallRow.status == "finished"))
        if found:
            return found
        row = await self._begin(key, request)
        started = time.monotonic()
        with noting() as notes:
            try:
                reply = await pay()
            except Exception as error:
                seconds = time.monotonic() - started
                await self._close(row, status="failed", problem=str(error)[:500], seconds=seconds, **left(notes))
                raise
        return await self._close(
            row,
            **left(notes),
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
            if key.kind == "chat":
                await self._refuse_overspending(session, key.node)
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

    async def _refuse_overspending(self, session: AsyncSession, node: str) -> None:
        # Within the transaction that begins the call: those that are made side by side wait for each other here.
        if self.budget == Budget():
            return
        spent = (await session.execute(spending(self.run))).one()
        if self.budget.usd is not None and spent.unpriced:
            raise RunFailed(
                f"what {spent.unpriced} costs is not known, so the budget of {self.budget.usd:g} USD cannot be kept to:"
                " add the model to the table that AUTOIOT_PRICES names, and `autoiot resume`"
            )
        usd, most_usd = float(spent.usd or 0.0), float(spent.most_usd or 0.0)
        known = Spent(spent.calls, spent.tokens, usd, self.seconds() / 60, spent.most_tokens, most_usd)
        what = exhausted(self.budget, known, node)
        if what:
            raise BudgetSpent(
                f"the budget of {what} is spent, and there is no program yet: run it again with a larger one"
                " (`autoiot resume` stops here again)"
            )

    async def _close(self, row: CallRow, **values: object) -> CallRow:
        async with self.fence.writing() as session:
            changed = update(CallRow).where(CallRow.id == row.id).values(**values).returning(CallRow)
            return (await session.scalars(changed)).one()
