"""The table of runs, which is the truth about every job: nothing else writes it."""

import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, false, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.errors import LostJob
from app.db.fence import Fence
from app.db.session import Database
from app.db.tables import HOME, CallRow, EventRow, InstructionRow, RunRow, Status, VersionRow, ago, now
from app.jobs.events import sign_off, tell
from app.jobs.lifecycle import ENDED, RESTING, Change, ChangeRefused, sources, target, transition
from app.jobs.once import Once
from app.jobs.queue import NoQueue, Queue
from app.jobs.request import RunRequest
from app.jobs.setbacks import MOST
from graph.errors import RunFailed, RunUnknown


def new_run_id(task: str) -> str:
    words = "".join(char if char.isascii() and char.isalnum() else "-" for char in task.lower())
    name = "-".join(part for part in words.split("-") if part)[:40] or "run"
    # With three bytes one of 3000 jobs of one name was refused, in every fourth trial: two had drawn the same.
    return f"{name}-{secrets.token_hex(6)}"


@dataclass(frozen=True)
class Owning:
    """Whose a run is, and who is to take it."""

    workspace: str = HOME
    queue: str = ""
    once: Once | None = None
    forked_from: dict[str, str] | None = None


NOBODYS = Owning()
"""Run by whoever made it, on this machine."""


@dataclass(frozen=True)
class Runs:
    database: Database
    queue: Queue = field(default_factory=NoQueue)

    async def add(
        self,
        run: str,
        request: RunRequest,
        owning: Owning = NOBODYS,
        within: Callable[[AsyncSession], Awaitable[None]] | None = None,
    ) -> str:
        """The name of the new run, or of the one that the same workspace has made with the same idempotency key.

        `within` is done in the same transaction, after the row is there; what it raises prevents the run.
        Raises KeyReused.
        """
        whose = {"workspace": owning.workspace, "queue": owning.queue, "forked_from": owning.forked_from}
        if owning.once:
            whose |= {"idempotency_key": owning.once.key, "asked_sha256": owning.once.asked_sha256}
        try:
            async with self.database.write.begin() as session:
                session.add(RunRow(id=run, status="queued", request=request.as_json(), **whose))
                await session.flush()
                if within:
                    await within(session)
                await self._enter(session, run, "queued", owning.queue, begun=False)
        except IntegrityError:
            found = await self.made_with(owning.workspace, owning.once)
            if found is None:
                raise
            return found.id
        return run

    async def made_with(self, workspace: str, once: Once | None) -> RunRow | None:
        """The run that the workspace has made with that request before, if any. Raises KeyReused."""
        if once is None:
            return None
        known = select(RunRow).where(RunRow.workspace == workspace, RunRow.idempotency_key == once.key)
        async with self.database.read() as session:
            made = await session.scalar(known)
        if made:
            once.refuse_other(made)
        return made

    async def get(self, run: str) -> RunRow:
        """Raises RunUnknown."""
        async with self.database.read() as session:
            row = await session.get(RunRow, run)
        if row is None:
            raise RunUnknown(f"there is no run {run!r} here: `autoiot show` lists them, AUTOIOT_HOME says where")
        return row

    async def page(
        self, workspace: str, *, status: Status | None = None, before: str | None = None, limit: int = 50
    ) -> list[RunRow]:
        """The newest first; `before` is the run that the page before this one ended with."""
        query = select(RunRow).where(RunRow.workspace == workspace)
        if status:
            query = query.where(RunRow.status == status)
        if before:
            last = select(RunRow.created).where(RunRow.id == before).scalar_subquery()
            query = query.where(or_(RunRow.created < last, and_(RunRow.created == last, RunRow.id < before)))
        async with self.database.read() as session:
            return list(await session.scalars(query.order_by(RunRow.created.desc(), RunRow.id.desc()).limit(limit)))

    async def queued(self, queues: Collection[str]) -> list[str]:
        """What is to be taken by a worker of these queues, the oldest first."""
        due = and_(RunRow.status == "queued", RunRow.queue.in_(queues), RunRow.due <= now())
        query = select(RunRow.id).where(due).order_by(RunRow.created)
        async with self.database.read() as session:
            return list(await session.scalars(query))

    async def in_hand(self, queues: Collection[str]) -> list[RunRow]:
        """What a worker of these queues has taken, as far as the table knows."""
        query = select(RunRow).where(RunRow.status == "running", RunRow.queue.in_(queues))
        async with self.database.read() as session:
            return list(await session.scalars(query))

    async def all(self) -> list[RunRow]:
        async with self.database.read() as session:
            return list(await session.scalars(select(RunRow).order_by(RunRow.created)))

    async def claim(self, row: RunRow, worker: str, *, dead: bool = False) -> Fence:
        """The right to run it, provided that it still is as `row` says; whoever had it before loses it.

        One that is `running` is only taken where the caller knows its worker to be `dead`.

        Raises:
            RunFailed: another worker runs it.
            ChangeRefused: it is finished or cancelled.
            RunUnknown: it has been deleted.
        """
        status = transition(row.status, "claim")
        taken = (
            update(RunRow)
            .where(*unchanged(row))
            .values(
                status=status,
                attempt=RunRow.attempt + 1,
                worker=worker,
                heartbeat=now(),
                problem="",
                started=func.coalesce(RunRow.started, now()),
                ended=None,
            )
            .returning(RunRow.attempt)
        )
        attempt = None
        if dead or row.status != "running":
            async with self.database.write.begin() as session:
                attempt = await session.scalar(taken)
                if attempt is not None:
                    await self._enter(session, row.id, status, attempt=attempt)
        if attempt is None:
            transition((await self.get(row.id)).status, "claim")
            raise RunFailed(f"{row.id} is being run by another process")
        return Fence(self.database, row.id, attempt)

    async def reap(self, row: RunRow) -> bool:
        """Take it from a worker that is gone, provided that it still is as `row` says, and queue it anew.

        The worker can write nothing any more, should it wake up. One that has lost too many workers stops.
        """
        status = target("requeue" if row.setbacks < MOST else "stop")
        problem = f"its worker {row.worker} gave no sign of life any more"
        taken = (
            update(RunRow)
            .where(*unchanged(row), RunRow.status.in_(sources("requeue")))
            .values(
                status=status,
                attempt=RunRow.attempt + 1,
                setbacks=RunRow.setbacks + 1,
                due="",
                problem=problem,
                ended=now() if status in RESTING else None,
            )
            .returning(RunRow.id)
        )
        async with self.database.write.begin() as session:
            reaped = await session.scalar(taken) is not None
            if reaped:
                await self._enter(session, row.id, status, row.queue, problem=problem)
        return reaped

    async def is_unwanted(self, run: str) -> bool:
        async with self.database.read() as session:
            return bool(await session.scalar(select(RunRow.cancel_requested).where(RunRow.id == run)))

    async def beat(self, fence: Fence) -> bool:
        """A sign of life; whether somebody wants it cancelled. Raises LostJob."""
        alive = (
            update(RunRow)
            .where(RunRow.id == fence.run, RunRow.attempt == fence.attempt, RunRow.status == "running")
            .values(heartbeat=now())
            .returning(RunRow.cancel_requested)
        )
        async with self.database.write.begin() as session:
            wanted = await session.scalar(alive)
        if wanted is None:
            raise LostJob(f"{fence.run} was taken over by another process")
        return wanted

    async def leave(self, fence: Fence, change: Change, delay: float = 0.0, **values: Any) -> None:
        """Let go of a run that one has claimed; one that is queued again is to be taken after `delay` seconds.

        One that somebody wants cancelled by then, and that would go on some day, is cancelled, with a receipt. Raises
        LostJob.
        """
        unwanted = RunRow.cancel_requested if change != "finish" else false()
        status, ended = target(change), now()
        left = (
            update(RunRow)
            .where(RunRow.id == fence.run, RunRow.attempt == fence.attempt, RunRow.status.in_(sources(change)))
            .values(
                status=case((unwanted, literal(target("cancel"))), else_=literal(status)),
                ended=case((unwanted, literal(ended)), else_=literal(ended if status in RESTING else None)),
                due=ago(-delay) if delay else "",
                **values,
            )
            .returning(RunRow.status, RunRow.queue)
        )
        async with self.database.write.begin() as session:
            row = (await session.execute(left)).one_or_none()
            if row is None:
                raise LostJob(f"{fence.run} was taken over by another process")
            if row.status == "cancelled":
                await sign_off(self.database, session, fence.run)
            await self._enter(session, fence.run, row.status, row.queue, delay, problem=values.get("problem", ""))

    async def resume(self, run: str) -> None:
        """Have a run that stopped go on. Raises ChangeRefused, RunUnknown."""
        await self._queue(run, "resume")

    async def answer(self, run: str, answer: dict[str, Any]) -> None:
        """A person's word, with which a run that waits goes on. Raises ChangeRefused, RunUnknown."""
        await self._queue(run, "answer", answer=answer)

    async def _queue(self, run: str, change: Change, **values: Any) -> None:
        status = target(change)
        queued = (
            update(RunRow)
            .where(RunRow.id == run, RunRow.status.in_(sources(change)))
            .values(status=status, ended=None, setbacks=0, due="", **values)
            .returning(RunRow.queue)
        )
        async with self.database.write.begin() as session:
            queue = await session.scalar(queued)
            if queue is not None:
                await self._enter(session, run, status, queue)
        if queue is None:
            transition((await self.get(run)).status, change)

    async def cancel(self, run: str) -> Status:
        """What it is now: cancelled, or still running until its worker hears of it.

        Raises:
            ChangeRefused: it has ended already.
            RunUnknown: there is none.
        """
        is_running = RunRow.status == "running"
        wanted = (
            update(RunRow)
            .where(RunRow.id == run, RunRow.status.in_(sources("cancel")))
            .values(
                cancel_requested=True,
                status=case((is_running, RunRow.status), else_=literal(target("cancel"))),
                ended=case((is_running, RunRow.ended), else_=literal(now())),
            )
            .returning(RunRow.status)
        )
        async with self.database.write.begin() as session:
            status = await session.scalar(wanted)
            if status == "cancelled":
                await self._enter(session, run, status)
            elif status:
                # Wakes its worker, wherever that is.
                await tell(self.database, session, run, "cancel", {})
        return status or transition((await self.get(run)).status, "cancel")

    async def mark_pruned(self, run: str) -> bool:
        """That an ended run has no checkpoints any more; whether it was not marked before."""
        ended = update(RunRow).where(RunRow.id == run, RunRow.status.in_(ENDED), RunRow.pruned.is_(None))
        async with self.database.write.begin() as session:
            return await session.scalar(ended.values(pruned=now()).returning(RunRow.id)) is not None

    async def delete(self, run: str, within: Callable[[AsyncSession], Awaitable[None]] | None = None) -> None:
        """All that our tables have of a run that rests; `within` is done in the same transaction.

        Raises ChangeRefused, RunUnknown.
        """
        async with self.database.write.begin() as session:
            resting = select(RunRow.id).where(RunRow.id == run, RunRow.status.in_(RESTING)).with_for_update()
            found = await session.scalar(resting)
            if found is not None:
                for table in (EventRow, VersionRow, CallRow, InstructionRow):
                    await session.execute(delete(table).where(table.run == run))
                await session.execute(delete(RunRow).where(RunRow.id == run))
                if within:
                    await within(session)
        if found is None:
            raise ChangeRefused(f"a job that is {(await self.get(run)).status} cannot be deleted; cancel it first")

    async def _enter(
        self,
        session: AsyncSession,
        run: str,
        status: Status,
        queue: str = "",
        delay: float = 0.0,
        *,
        begun: bool = True,
        **more: Any,
    ) -> None:
        """Within the transaction that makes it so: whoever follows the run hears of it, and so does a worker."""
        if status == "queued" and queue:
            await self.queue.put(session, run, queue, delay, begun=begun)
        await tell(self.database, session, run, "status", {"status": status} | more)


def unchanged(row: RunRow) -> tuple[ColumnElement[bool], ...]:
    """Nobody has claimed it, let go of it, or given a sign of life, since `row` was read."""
    same = (RunRow.status == row.status, RunRow.attempt == row.attempt, RunRow.heartbeat == row.heartbeat)
    return (RunRow.id == row.id, *same)
