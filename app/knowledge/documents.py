"""The rows of kept documents and their passages."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.session import Database
from app.db.tables import DocumentRow, PassageRow
from app.knowledge.errors import KnowledgeInvalid, KnowledgeUnknown
from app.knowledge.splitting import split
from app.pages.document import Document
from graph.ports import Passage

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def check_name(collection: str) -> str:
    """Raises KnowledgeInvalid."""
    if not NAME.fullmatch(collection):
        raise KnowledgeInvalid(
            f"{collection[:80]!r}: a collection has small letters, digits, '-' and '_' in its name, at most 64"
        )
    return collection


@dataclass(frozen=True)
class Documents:
    """Of all workspaces."""

    database: Database

    async def put(self, workspace: str, collection: str, document: Document) -> tuple[DocumentRow, bool]:
        """The row, and whether anything has changed; one of the same source is replaced.

        Raises KnowledgeInvalid.
        """
        passages = split(document.title, document.source, document.text)
        if not passages:
            raise KnowledgeInvalid(f"{document.source}: has no text that could be looked up")
        content = document.text.encode("utf-8", "replace")
        row = DocumentRow(
            workspace=workspace,
            collection=check_name(collection),
            source=document.source,
            title=document.title,
            digest=sha256(content).hexdigest(),
            bytes=len(content),
            passages=len(passages),
        )
        async with self.database.write.begin() as session:
            before = await session.scalar(self._of(workspace, collection, document.source))
            if before and before.digest == row.digest:
                return before, False
            if before:
                await _remove(session, [before.id])
            session.add(row)
            await session.flush()
            session.add_all(
                PassageRow(document=row.id, name=passage.id, title=passage.title, text=passage.text)
                for passage in passages
            )
        return row, True

    async def all(self, workspace: str, collection: str | None = None) -> list[DocumentRow]:
        query = select(DocumentRow).where(DocumentRow.workspace == workspace)
        if collection is not None:
            query = query.where(DocumentRow.collection == collection)
        async with self.database.read() as session:
            return list(await session.scalars(query.order_by(DocumentRow.collection, DocumentRow.source)))

    async def collections(self, workspace: str) -> list[str]:
        return list(dict.fromkeys(row.collection for row in await self.all(workspace)))

    async def remove(self, workspace: str, collection: str, source: str | None = None) -> int:
        """How many documents have gone. Raises KnowledgeUnknown."""
        async with self.database.write.begin() as session:
            query = self._of(workspace, collection, source)
            found = [row.id for row in await session.scalars(query)]
            await _remove(session, found)
        if not found:
            what = f"no document {source[:200]!r} in {collection!r}" if source else f"no collection {collection[:80]!r}"
            raise KnowledgeUnknown(f"there is {what}")
        return len(found)

    async def state(self, workspace: str, collection: str) -> str:
        """Another one after each change; empty where there is nothing."""
        query = select(func.count(), func.max(PassageRow.id)).join(DocumentRow)
        query = query.where(DocumentRow.workspace == workspace, DocumentRow.collection == collection)
        async with self.database.read() as session:
            count, last = (await session.execute(query)).one()
        return f"{last}-{count}" if count else ""

    async def passages(self, workspace: str, collection: str) -> list[tuple[int, Passage]]:
        """With the number of each row; the same text once."""
        query = select(PassageRow, DocumentRow.source).join(DocumentRow).order_by(PassageRow.id)
        query = query.where(DocumentRow.workspace == workspace, DocumentRow.collection == collection)
        async with self.database.read() as session:
            rows = (await session.execute(query)).all()
        found = {row.name: (row.id, to_passage(row, source)) for row, source in reversed(rows)}
        return list(found.values())[::-1]

    async def named(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """By their rows' numbers; one that has gone is not among them."""
        query = select(PassageRow, DocumentRow.source).join(DocumentRow).where(PassageRow.id.in_(numbers))
        async with self.database.read() as session:
            return {row.id: to_passage(row, source) for row, source in (await session.execute(query)).all()}

    def _of(self, workspace: str, collection: str, source: str | None) -> Select[DocumentRow]:
        query = select(DocumentRow).where(DocumentRow.workspace == workspace, DocumentRow.collection == collection)
        return query.where(DocumentRow.source == source) if source is not None else query


def to_passage(row: PassageRow, source: str) -> Passage:
    return Passage(row.name, row.title, source, row.text)


async def _remove(session: AsyncSession, documents: Collection[int]) -> None:
    await session.execute(delete(PassageRow).where(PassageRow.document.in_(documents)))
    await session.execute(delete(DocumentRow).where(DocumentRow.id.in_(documents)))
