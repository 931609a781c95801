"""`autoiot knowledge`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.lines import tell
from app.db.tables import HOME, DocumentRow
from app.knowledge.errors import KnowledgeUnknown
from app.knowledge.search.folder import documents_in, read
from app.knowledge.search.ranking import is_address
from app.pages.document import Document
from app.pages.errors import PageRefused, PageUnreadable
from app.report.numbers import size
from app.settings import read_settings
from app.wiring import open_fetch, open_shelf

DEFAULT = "notes"
HELP = "Papers, handbooks and manuals that are kept, for tasks to name in `knowledge:`."
FAILURE = 2

knowledge = typer.Typer(help=HELP, no_args_is_help=True)
Workspace = Annotated[str, typer.Option(help="Of a server; the command line's own jobs use the default one.")]


@knowledge.command()
def add(
    what: Annotated[list[str], typer.Argument(help="Files, folders, and addresses of pages.")],
    name: Annotated[str, typer.Option(help="The collection to put them into, by which a task names them.")] = DEFAULT,
    workspace: Workspace = HOME,
) -> None:
    """Keep documents. One of the same name or address is replaced; what cannot be read is left out, with a line."""
    if not asyncio.run(add_all(what, name, workspace)):
        raise typer.Exit(FAILURE)


async def add_all(what: list[str], name: str, workspace: str) -> bool:
    """Whether all could be added."""
    whole = True
    console = Console(highlight=False, markup=False)
    async with open_shelf(read_settings()) as shelf:
        for source in sources(what):
            try:
                row, changed = await shelf.add(workspace, name, await read_source(source))
            except (PageRefused, PageUnreadable) as error:
                tell(str(error))
                whole = False
                continue
            said = f"{row.passages} passages" if changed else "is there already"
            console.print(f"{name}: {row.source}: {said}", soft_wrap=True)
    return whole


def sources(what: list[str]) -> Iterator[str | tuple[Path, str]]:
    """Addresses, and files with the names that they are kept by. Raises KnowledgeUnknown."""
    for given in what:
        path = Path(given)
        if is_address(given):
            yield given
        elif path.is_dir():
            for file in documents_in(path):
                yield file, file.relative_to(path).as_posix()
        elif path.exists():
            yield path, path.name
        else:
            raise KnowledgeUnknown(f"{given}: there is no such file or folder")


async def read_source(source: str | tuple[Path, str]) -> Document:
    """Raises PageRefused or PageUnreadable."""
    if isinstance(source, str):
        return await open_fetch(read_settings())(source)
    return await asyncio.to_thread(read, *source)


@knowledge.command("list")
def show(workspace: Workspace = HOME) -> None:
    """All that is kept, by collection."""
    rows = asyncio.run(list_all(workspace))
    table = Table("collection", "document", "title", "passages", "size", "added")
    for row in rows:
        shown = (row.collection, row.source, row.title, str(row.passages), size(row.bytes), row.added[:10])
        table.add_row(*(cell.replace("[", "\\[") for cell in shown))
    Console(highlight=False).print(table if rows else "Nothing is kept. Run: autoiot knowledge add FILE")


async def list_all(workspace: str) -> list[DocumentRow]:
    async with open_shelf(read_settings()) as shelf:
        return await shelf.documents.all(workspace)


@knowledge.command()
def search(
    words: Annotated[list[str], typer.Argument(help="A question, or some words.")],
    name: Annotated[str | None, typer.Option(help="Only in this collection.")] = None,
    count: Annotated[int, typer.Option(min=1, max=20, help="How many passages.")] = 5,
    workspace: Workspace = HOME,
) -> None:
    """Show the passages that a job would find."""
    asyncio.run(show_found(" ".join(words), name, count, workspace))


async def show_found(query: str, name: str | None, count: int, workspace: str) -> None:
    console = Console(highlight=False, markup=False)
    async with open_shelf(read_settings()) as shelf:
        kept = await shelf.documents.collections(workspace)
        if name is not None and name not in kept:
            raise KnowledgeUnknown(f"there is no collection {name!r}; `autoiot knowledge list` shows them")
        found = await shelf.search(workspace, [name] if name else kept, query, count)
    for passage in found:
        console.print(f"[{passage.id}] {passage.title} ({passage.source})\n{passage.text}\n", soft_wrap=True)
    if not found:
        console.print("nothing is found")


@knowledge.command()
def remove(
    name: Annotated[str, typer.Argument(help="A collection.")],
    document: Annotated[str | None, typer.Argument(help="Only this document of it.")] = None,
    workspace: Workspace = HOME,
) -> None:
    """Forget a collection, or one document of it. Jobs that were given it find nothing there any more."""
    count = asyncio.run(remove_from(workspace, name, document))
    Console(highlight=False, markup=False).print(f"{name}: {count} document{'s' if count > 1 else ''} forgotten")


async def remove_from(workspace: str, name: str, document: str | None) -> int:
    async with open_shelf(read_settings()) as shelf:
        return await shelf.documents.remove(workspace, name, document)
