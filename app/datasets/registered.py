"""The datasets that a server knows by name, each of one workspace."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterable, Awaitable, Callable
from pathlib import Path

from app.datasets.caps import Caps
from app.datasets.errors import DatasetTaken
from app.datasets.examination import examine_apart
from app.datasets.preflight import Findings
from app.datasets.roots import Roots, size_up
from app.datasets.rows import DatasetRows, known
from app.datasets.stages import Outcome, Stage, Stages
from app.datasets.unpack import Unpacked
from app.datasets.uploads import Uploads
from app.db.session import Database
from app.db.tables import DatasetRow, now
from graph.errors import DatasetInvalid

CHECKS_AT_ONCE = 2
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")


async def no_quota(workspace: str, more: int) -> None:
    """Refuses nothing."""


class RegisteredDatasets:
    def __init__(
        self,
        database: Database,
        home: Path,
        roots: tuple[Path, ...],
        caps: Caps,
        *,
        uploads: Uploads | None = None,
        refuse_bytes: Callable[[str, int], Awaitable[None]] = no_quota,
    ) -> None:
        """`refuse_bytes` raises when a workspace may not have so many bytes more."""
        self._rows = DatasetRows(database)
        self._roots = Roots(roots, home)
        self._stages = Stages(home.resolve())
        self._uploads = uploads or Uploads(caps)
        self._refuse_bytes = refuse_bytes
        # Each may take gigabytes of memory.
        self._checking = asyncio.Semaphore(CHECKS_AT_ONCE)

    async def get(self, workspace: str, name: str) -> DatasetRow:
        """Raises DatasetUnknown."""
        return known(await self._rows.find(workspace, name), name)

    async def all(self, workspace: str) -> list[DatasetRow]:
        return await self._rows.all(workspace)

    async def folder(self, workspace: str, name: str) -> Path:
        """To read from, looked at anew. Raises DatasetUnknown; DatasetInvalid where it is not allowed any more."""
        row = await self.get(workspace, name)
        folder = Path(row.folder)
        if not row.uploaded and await asyncio.to_thread(self._roots.moved, folder):
            raise DatasetInvalid(f"the folder of {name} is not where it was, or not allowed any more: delete {name}")
        return folder

    async def register(self, workspace: str, name: str, folder: Path) -> DatasetRow:
        """A folder that stays where it is. Raises DatasetInvalid; DatasetTaken for a name that there is already."""
        refuse_name(name)
        real = await asyncio.to_thread(self._roots.admit, folder)
        files, size = await asyncio.to_thread(size_up, real)
        row = DatasetRow(workspace=workspace, name=name, folder=str(real), files=files, bytes=size)
        async with self._rows.changing(workspace, name) as (session, before):
            if before is not None:
                raise DatasetTaken(f"there is a dataset {name} already: delete it first, or take another name")
            session.add(row)
        return row

    async def receive(
        self, workspace: str, name: str, chunks: AsyncIterable[bytes], length: int | None
    ) -> tuple[DatasetRow, bool]:
        """Unpack an archive as a dataset, and say whether it is a new one; otherwise it replaces the one before.

        Raises:
            DatasetInvalid: the name or the archive is not taken.
            DatasetTaken: a job uses the one before, or that was not uploaded.
            UploadTooLarge, UploadBroken, DiskFull: nothing is left of it.
        """
        refuse_name(name)
        async with self._rows.changing(workspace, name) as (_, before):
            refuse_registered(before)
        async with self._stages.open() as stage:
            self._uploads.refuse_length(length or 0, stage.work)
            await self._refuse_bytes(workspace, length or 0)
            await self._uploads.save(chunks, length, stage.work / "archive")
            found = await self._uploads.unpack(stage.work / "archive", stage.folder / name)
            await self._refuse_bytes(workspace, found.bytes - (before.bytes if before else 0))
            return await self._publish(workspace, name, stage, found)

    async def _publish(self, workspace: str, name: str, stage: Stage, found: Unpacked) -> tuple[DatasetRow, bool]:
        async with contextlib.AsyncExitStack() as stack:
            async with self._rows.changing(workspace, name) as (session, before):
                refuse_registered(before)
                gone = await stack.enter_async_context(self._stages.open(before.folder)) if before else None
                row = before or DatasetRow(workspace=workspace, name=name, uploaded=True)
                row.folder, row.files, row.bytes, row.created = (
                    str(stage.folder / name),
                    found.files,
                    found.bytes,
                    now(),
                )
                session.add(row)
                await session.flush()
                _settle("unknown", stage, gone)
            stage.outcome = "kept"
            _settle("dropped", gone)
        return row, gone is None

    async def delete(self, workspace: str, name: str) -> None:
        """With its folder, where that was uploaded. Raises DatasetUnknown; DatasetTaken while a job uses it."""
        async with contextlib.AsyncExitStack() as stack:
            async with self._rows.changing(workspace, name) as (session, found):
                row = known(found, name)
                gone = await stack.enter_async_context(self._stages.open(row.folder)) if row.uploaded else None
                await session.delete(row)
                await session.flush()
                _settle("unknown", gone)
            _settle("dropped", gone)

    async def check(self, workspace: str, name: str) -> Findings:
        """What `autoiot dataset check` would say. Raises DatasetUnknown, DatasetInvalid."""
        folder = await self.folder(workspace, name)
        async with self._checking:
            return await examine_apart(folder)

    async def sweep(self) -> None:
        """Remove what servers that were killed left behind; for the start of a server."""
        async with self._stages.alone() as left:
            folders = await self._rows.uploaded() if left else []
            await asyncio.to_thread(self._stages.clear, left, folders)


def _settle(outcome: Outcome, *stages: Stage | None) -> None:
    for stage in stages:
        if stage is not None:
            stage.outcome = outcome


def refuse_name(name: str) -> None:
    """Raises DatasetInvalid."""
    if not NAME.fullmatch(name):
        raise DatasetInvalid(
            f"{name[:80]!a}: a dataset's name has letters, digits, '-', '_' and '.', at most 64, and no '.' in front"
        )


def refuse_registered(row: DatasetRow | None) -> None:
    """Raises DatasetTaken."""
    if row is not None and not row.uploaded:
        raise DatasetTaken(f"{row.name} is a folder of the server: delete the dataset first, or take another name")
