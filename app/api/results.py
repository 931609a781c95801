"""What a job has made: its candidates, its files, and the record of every call."""

import asyncio
import io
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app.api.owned import Owned
from app.api.problems import answers
from app.api.services import Given
from app.db.plain import finite
from app.db.tables import RunRow
from app.jobs.archive import facts, saved_versions
from app.providers.departures import Departure, departures
from app.providers.ledger import as_value

router = APIRouter(prefix="/v1/jobs/{job}", tags=["results"], responses=answers(401, 404, 422, 429, 503))


class File(BaseModel):
    name: str
    bytes: int


@router.get("/versions")
async def versions(row: Owned, services: Given) -> list[dict[str, Any]]:
    """Every candidate that was written, whatever became of it."""
    return [finite(facts(version)) for version in await saved_versions(services.jobs.database, row.id)]


@router.get("/versions/{number}")
async def version(row: Owned, number: Annotated[int, InPath(ge=0)], services: Given) -> dict[str, Any]:
    """Its code, its diff to its parent, what it printed, and its scores."""
    found = [v for v in await saved_versions(services.jobs.database, row.id) if v.version == number]
    if not found:
        raise HTTPException(404, f"there is no version {number} yet")
    texts = {name: getattr(found[0], name) for name in ("source", "diff", "output")}
    read = services.jobs.artifacts.get
    told = {n: (await asyncio.to_thread(read, ref)).decode("utf-8") if ref else "" for n, ref in texts.items()}
    return finite(facts(found[0])) | told


@router.get("/artifacts")
async def artifacts(row: Owned, services: Given) -> list[File]:
    """The files of the result; none before the job is finished."""
    return [File(name=name, bytes=path.stat().st_size) for name, path in await asyncio.to_thread(result_files, row)]


@router.get("/artifacts/{name:path}", response_class=FileResponse)
async def artifact(row: Owned, name: str, services: Given) -> FileResponse:
    """One file of the result."""
    # Looked up among what is there, never joined to a path.
    found = dict(await asyncio.to_thread(result_files, row)).get(name)
    if found is None:
        raise HTTPException(404, f"there is no artifact {name!r}")
    # What a program wrote is never shown as a page of ours.
    return FileResponse(found, filename=found.name, media_type="application/octet-stream")


@router.get("/bundle", response_class=Response, responses={200: {"content": {"application/zip": {}}}})
async def bundle(row: Owned, services: Given) -> Response:
    """All files of the result, as a zip archive."""
    files = await asyncio.to_thread(result_files, row)
    if not files:
        raise HTTPException(404, f"the job is {row.status}: it has no result yet")
    named = {"Content-Disposition": f'attachment; filename="{row.id}.zip"'}
    return Response(await asyncio.to_thread(zipped, files), media_type="application/zip", headers=named)


@router.get("/report", response_class=HTMLResponse)
async def report(row: Owned, services: Given) -> HTMLResponse:
    """The whole job on one page."""
    page = dict(await asyncio.to_thread(result_files, row)).get("report.html")
    if page is None:
        raise HTTPException(404, f"the job is {row.status}: it has no report yet")
    # The page needs no script and nothing from elsewhere; should a text of a model get through, it can do nothing.
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
    return HTMLResponse(await asyncio.to_thread(page.read_text, "utf-8"), headers=policy)


@router.get("/calls")
async def calls(row: Owned, services: Given) -> list[dict[str, Any]]:
    """The ledger: every call to the outside, with what was sent and what came back."""
    return [as_value(call) for call in await services.jobs.calls(row.id).rows()]


@router.get("/privacy")
async def privacy(row: Owned, services: Given) -> list[Departure]:
    """All that left the server's machine for this job: to whom, when, how much, for which step, and its words."""
    return departures(await services.jobs.calls(row.id).rows())


@router.get("/usage")
async def usage(row: Owned, services: Given) -> dict[str, Any]:
    """Calls, tokens, bytes, money and seconds of this job."""
    return asdict(await services.jobs.calls(row.id).usage()) | {"seconds": round(row.seconds, 2)}


def result_files(row: RunRow) -> list[tuple[str, Path]]:
    if row.status != "finished":
        return []
    folder = Path(row.request["out"])
    return sorted((str(path.relative_to(folder)), path) for path in plain_files(folder))


def plain_files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path


def zipped(files: list[tuple[str, Path]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files:
            archive.write(path, name)
    return stream.getvalue()
