"""The table of runs, which is the truth about every job: nothing else writes it."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.errors import LostJob
from app.db.fence import Fence
from app.db.session import Database
from app.db.tables import RunRow, Status, now
from app.jobs.events import tell
from app.jobs.lifecycle import RESTING, Change, sources, target, transition
from app.jobs.request import RunRequest
from graph.errors import RunFailed, RunUnknown


def new_run_id(task: str) -> str:
    words = "".join(char if char.isascii() and char.isalnum() else "-" for char in task.lower())
    name = "-".join(part for part in words.split("-") if part)[:40] or "run"
    return f"{name}-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class Runs:
    database: Database

    async def add(self, run: str, request: RunRequest) -> None:
        async with self.database.write.begin() as session:
            session.add(RunRow(id=run, status="queued", request=request.as_json()))
            await session.flush()
            await self._tell(session, run, "queued")

    async def get(self, run: str) -> RunRow:
        """Raises RunUnknown."""
        async with self.database.read() as session:
            row = await session.get(RunRow, run)
        if row is None:
            raise RunUnknown(f"there is no run {run!r} here: `autoiot show` lists them, AUTOIOT_HOME says where")
        return row

    async def all(self) -> list[RunRow]:
        async with self.database.read() as session:
            return list(await session.scalars(select(RunRow).order_by(RunRow.created)))

    async def claim(self, run: str, worker: str, *, dead: str, silent_since: str) -> Fence:
        """The right to run it, which whoever had it before loses.

        A run that is `running` is only taken from a worker whose name begins with `dead`, or that has given no
        sign of life since the time `silent_since`.

        Raises:
            RunFailed: another worker runs it.
            ChangeRefused: it is finished or cancelled.
            RunUnknown: there is none.
        """
        idle = [status for status in sources("claim") if status != "running"]
        gone = or_(RunRow.heartbeat < silent_since, RunRow.worker.startswith(dead, autoescape=True))
        taken = (
            update(RunRow)
            .where(RunRow.id == run, or_(RunRow.status.in_(idle), and_(RunRow.status == "running", gone)))
            .values(
                status=target("claim"),
                attempt=RunRow.attempt + 1,
                worker=worker,
                heartbeat=now(),
                problem="",
                started=func.coalesce(RunRow.started, now()),
                ended=None,
            )
            .returning(RunRow.attempt)
        )
        async with self.database.write.begin() as session:
            attempt = await session.scalar(taken)
            if attempt is not None:
                await self._tell(session, run, "running", attempt=attempt)
        if attempt is None:
            transition((await self.get(run)).status, "claim")
            raise RunFailed(f"{run} is being run by another process")
        return Fence(self.database, run, attempt)

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

    async def leave(self, fence: Fence, change: Change, **values: Any) -> None:
        """Let go of a run that one has claimed. Raises LostJob."""
        status = target(change)
        left = (
            update(RunRow)
            .where(RunRow.id == fence.run, RunRow.attempt == fence.attempt, RunRow.status.in_(sources(change)))
            .values(status=status, ended=now() if status in RESTING else None, **values)
            .returning(RunRow.id)
        )
        async with self.database.write.begin() as session:
            if await session.scalar(left) is None:
                raise LostJob(f"{fence.run} was taken over by another process")
            await self._tell(session, fence.run, status, problem=values.get("problem", ""))

    async def enqueue(self, run: str) -> None:
        """Have a run that stopped, or that waited for a person, go on. Raises ChangeRefused, RunUnknown."""
        queued = update(RunRow).where(RunRow.id == run, RunRow.status.in_(sources("enqueue")))
        async with self.database.write.begin() as session:
            found = await session.scalar(queued.values(status="queued", ended=None).returning(RunRow.id))
            if found is not None:
                await self._tell(session, run, "queued")
        if found is None:
            transition((await self.get(run)).status, "enqueue")

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
                await self._tell(session, run, status)
        return status or transition((await self.get(run)).status, "cancel")

    async def _tell(self, session: AsyncSession, run: str, status: Status, **more: Any) -> None:
        await tell(self.database, session, run, "status", {"status": status} | more)
