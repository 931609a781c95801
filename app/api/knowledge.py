"""Knowledge of a workspace: documents that are kept, to be named by tasks."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from app.api.access import Asking
from app.api.problems import answers
from app.api.services import Given
from app.datasets.errors import UploadTooLarge
from app.db.tables import DocumentRow
from app.knowledge.documents import NAME
from app.pages.reading import MOST_BYTES, read_document

DOCUMENT = {
    "requestBody": {
        "required": True,
        "description": "A document as it is: HTML, PDF, Markdown, text, a notebook or Python source; at most 20 MB.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PLAIN = r"^[^\x00-\x1f\x7f/\\]+$"
Collection = Annotated[str, Path(max_length=64, pattern=f"^{NAME.pattern}$", description="The name of a collection.")]
Source = Annotated[
    str, Path(max_length=200, pattern=PLAIN, description="The name of the document's file, which tells what it is.")
]

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"], responses=answers(401, 422, 429, 503))


class Document(BaseModel):
    """A document of your workspace."""

    collection: str
    source: str
    """The name of its file, or its address."""
    title: str
    passages: int
    bytes: int
    """Of its text."""
    added: str


class Passage(BaseModel):
    """A part of a document, as prompts have it."""

    id: str
    title: str
    source: str
    text: str


def shown(row: DocumentRow) -> Document:
    return Document(**{name: getattr(row, name) for name in Document.model_fields})


@router.get("")
async def list_all(caller: Asking, services: Given) -> list[Document]:
    """All documents that your workspace keeps, by collection."""
    return [shown(row) for row in await services.jobs.shelf.documents.all(caller.workspace)]


@router.get("/search")
async def search(
    caller: Asking,
    services: Given,
    q: Annotated[str, Query(min_length=1, max_length=2000, description="A question, or some words.")],
    collection: Annotated[str | None, Query(max_length=64, description="Only in this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> list[Passage]:
    """The passages that a job would find, the best first."""
    shelf = services.jobs.shelf
    kept = await shelf.documents.collections(caller.workspace)
    chosen = [name for name in kept if collection in (None, name)]
    found = await shelf.search(caller.workspace, chosen, q, limit)
    return [Passage(id=p.id, title=p.title, source=p.source, text=p.text) for p in found]


@router.put(
    "/{collection}/{source}",
    status_code=201,
    responses={200: {"model": Document, "description": "It was there already, or replaces the one before."}}
    | answers(413),
    openapi_extra=DOCUMENT,
)
async def put(
    collection: Collection, source: Source, request: Request, response: Response, caller: Asking, services: Given
) -> Document:
    """Keep a document."""
    shelf = services.jobs.shelf
    content = await body(request)
    document = await asyncio.to_thread(read_document, content, source)
    before = {row.source for row in await shelf.documents.all(caller.workspace, collection)}
    row, _ = await shelf.add(caller.workspace, collection, document)
    response.status_code = 200 if source in before else 201
    return shown(row)


async def body(request: Request) -> bytes:
    """Raises UploadTooLarge as soon as it is."""
    said = request.headers.get("content-length", "")
    parts, left = list[bytes](), MOST_BYTES
    if said.isascii() and said.isdigit():
        refuse_beyond(MOST_BYTES - int(said))
    async for chunk in request.stream():
        left -= len(chunk)
        refuse_beyond(left)
        parts.append(chunk)
    return b"".join(parts)


def refuse_beyond(left: int) -> None:
    if left < 0:
        raise UploadTooLarge(f"a document may have {MOST_BYTES // 1_000_000} MB")


@router.delete("/{collection}", status_code=204, responses=answers(404))
async def remove(collection: Collection, caller: Asking, services: Given) -> None:
    """Forget a collection. Jobs that were given it find nothing there any more."""
    await services.jobs.shelf.documents.remove(caller.workspace, collection)


@router.delete("/{collection}/{source}", status_code=204, responses=answers(404))
async def remove_one(collection: Collection, source: Source, caller: Asking, services: Given) -> None:
    """Forget one document."""
    await services.jobs.shelf.documents.remove(caller.workspace, collection, source)
