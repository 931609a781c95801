"""A search in files of one's own: no network, no key."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.knowledge.index import Index
from app.knowledge.lexical import LexicalEmbeddings
from app.knowledge.search.engine import Result
from app.pages.document import Document
from app.pages.errors import PageUnreadable
from app.pages.kinds import SUFFIXES
from app.pages.reading import read_document
from graph.errors import TaskInvalid

RESULTS = 3


@dataclass(frozen=True)
class Folder:
    files: tuple[Path, ...]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    read: list[Document] = field(default_factory=list[Document])

    async def __call__(self, term: str, tell: Callable[[str], None]) -> list[Result]:
        """The documents most like `term`, whole; `tell` hears of a file that cannot be read and is left out."""
        async with self.lock:
            if self.files and not self.read:
                self.read.extend(await self._documents(tell))
        found = await asyncio.to_thread(most_like, term, [document.text for document in self.read])
        return [Result(self.read[i].title, self.read[i].source, self.read[i].text) for i in found]

    async def _documents(self, tell: Callable[[str], None]) -> list[Document]:
        found: list[Document] = []
        for file in self.files:
            try:
                found.append(await asyncio.to_thread(read, file))
            except PageUnreadable as error:
                tell(f"knowledge: {error}")
        return found


def read(file: Path, name: str | None = None) -> Document:
    """Raises PageUnreadable."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PageUnreadable(f"{file.name}: {error.strerror}") from error
    return read_document(content, name or file.name)


def most_like(term: str, texts: list[str]) -> list[int]:
    if not texts:
        return []
    embeddings = LexicalEmbeddings()
    index = Index.of(texts, embeddings.embed_documents(texts))
    return index.nearest(embeddings.embed_query(term), term, RESULTS)


def list_documents(paths: tuple[str, ...], base: Path) -> tuple[Path, ...]:
    """The files behind a task's `knowledge`.

    Raises TaskInvalid for a path that does not exist, or a file of a kind that is not read.
    """
    files: list[Path] = []
    for name in paths:
        path = base / name
        if path.is_dir():
            files += documents_in(path)
        elif not path.exists():
            raise TaskInvalid(
                f"knowledge: {name}: no such file or folder beside the task file, and no such collection is kept"
            )
        elif path.suffix.lower() not in SUFFIXES:
            raise TaskInvalid(f"knowledge: {name}: cannot be read; give {', '.join(sorted(SUFFIXES))}")
        else:
            files.append(path)
    return tuple(files)


def documents_in(folder: Path) -> list[Path]:
    """All that can be read, but nothing hidden and no link that leads out of it."""
    return [file for file in sorted(folder.rglob("*")) if belongs(file, folder)]


def belongs(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    inside = file.resolve().is_relative_to(folder.resolve())
    return file.is_file() and not hidden and inside and file.suffix.lower() in SUFFIXES
