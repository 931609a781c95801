"""What people tell a job while it goes on: kept, numbered from 1 within the job, announced."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.db.plain import storable
from app.db.session import Database
from app.db.tables import InstructionRow, RunRow
from app.jobs.events import tell
from app.jobs.lifecycle import ENDED, ChangeRefused
from graph.errors import RunUnknown
from graph.ports import Instruction

MOST = 100
"""Of one job: each goes into a prompt."""


@dataclass(frozen=True)
class Instructions:
    """The `Instructions` port of one run, and the way in."""

    database: Database
    run: str

    async def given(self) -> list[Instruction]:
        return [Instruction(row.number, row.text) for row in await self.rows()]

    async def rows(self) -> list[InstructionRow]:
        query = select(InstructionRow).where(InstructionRow.run == self.run).order_by(InstructionRow.number)
        async with self.database.read() as session:
            return list(await session.scalars(query))

    async def add(self, text: str) -> InstructionRow:
        """Raises ChangeRefused when the job has ended, or was told too much; RunUnknown."""
        async with self.database.write.begin() as session:
            # The lock numbers them: two that come at once wait for each other.
            status = await session.scalar(select(RunRow.status).where(RunRow.id == self.run).with_for_update())
            last = select(func.max(InstructionRow.number)).where(InstructionRow.run == self.run)
            number = (await session.scalar(last) or 0) + 1
            refuse(self.run, status, number)
            row = InstructionRow(run=self.run, number=number, text=storable(text))
            session.add(row)
            await session.flush()
            await tell(self.database, session, self.run, "instruction", {"number": number, "text": row.text})
        return row


def refuse(run: str, status: str | None, number: int) -> None:
    if status is None:
        raise RunUnknown(f"there is no job {run!r}")
    if status in ENDED:
        raise ChangeRefused(f"a job that is {status} hears nothing any more; fork it from a checkpoint")
    if number > MOST:
        raise ChangeRefused(f"a job can be told {MOST} instructions; fork it to go on")
