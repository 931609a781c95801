"""Datasets of a workspace: folders of the server, and uploads."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from app.api.access import Asking, Caller
from app.api.problems import answers
from app.api.services import Given
from app.db.tables import DatasetRow

ARCHIVE = {"schema": {"type": "string", "format": "binary"}}
UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "A zip, tar or tar.gz archive.",
        "content": {kind: ARCHIVE for kind in ("application/zip", "application/gzip", "application/octet-stream")},
    }
}


router = APIRouter(prefix="/v1/datasets", tags=["datasets"], responses=answers(401, 422, 429, 503))


class Registration(BaseModel):
    """A folder of the server to be used as a dataset."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(examples=["mitdb"], description="Letters, digits, '-', '_' and '.'; at most 64.")
    folder: str = Field(examples=["/srv/data/mitdb"], description="Absolute, below one of AUTOIOT_DATASET_ROOTS.")


class Dataset(BaseModel):
    """A dataset of your workspace."""

    name: str
    uploaded: bool
    """Otherwise it is a folder of the server."""
    files: int
    bytes: int
    created: str
    folder: str | None = Field(None, description="Where it lies on the server; for admins only.")


class Checked(BaseModel):
    """What `autoiot dataset check` says."""

    problems: tuple[str, ...] = Field(description="To be mended before a job can use it.")
    notes: tuple[str, ...]


def _shown(row: DatasetRow, caller: Caller) -> Dataset:
    return Dataset(
        name=row.name,
        uploaded=row.uploaded,
        files=row.files,
        bytes=row.bytes,
        created=row.created,
        folder=row.folder if caller.role == "admin" else None,
    )


@router.post("", status_code=201, response_model_exclude_none=True, responses=answers(400, 403, 409, 413))
async def register(asked: Registration, caller: Asking, services: Given) -> Dataset:
    """Use a folder of the server, which stays where it is. For admins."""
    if caller.role != "admin":
        raise HTTPException(403, "a folder of the server is registered by an admin; upload an archive instead")
    return _shown(await services.datasets.register(caller.workspace, asked.name, Path(asked.folder)), caller)


@router.put(
    "/{name}/archive",
    status_code=201,
    response_model_exclude_none=True,
    responses={200: {"model": Dataset, "description": "It replaced the one before."}, **answers(400, 409, 413)},
    openapi_extra=UPLOAD,
)
async def upload(name: str, request: Request, response: Response, caller: Asking, services: Given) -> Dataset:
    """Send a dataset as an archive; one of the same name that was uploaded is replaced."""
    said = request.headers.get("content-length", "")
    length = int(said) if said.isascii() and said.isdigit() else None
    row, is_new = await services.datasets.receive(caller.workspace, name, request.stream(), length)
    response.status_code = 201 if is_new else 200
    return _shown(row, caller)


@router.get("", response_model_exclude_none=True)
async def list_all(caller: Asking, services: Given) -> list[Dataset]:
    """All datasets of your workspace."""
    return [_shown(row, caller) for row in await services.datasets.all(caller.workspace)]


@router.get("/{name}", response_model_exclude_none=True, responses=answers(404))
async def get(name: str, caller: Asking, services: Given) -> Dataset:
    """One dataset."""
    return _shown(await services.datasets.get(caller.workspace, name), caller)


@router.delete("/{name}", status_code=204, responses=answers(404, 409))
async def delete(name: str, caller: Asking, services: Given) -> None:
    """Forget a dataset; what was uploaded is removed, a folder of the server stays."""
    await services.datasets.delete(caller.workspace, name)


@router.post("/{name}/check", responses=answers(404))
async def check(name: str, caller: Asking, services: Given) -> Checked:
    """Read a dataset once, and say in plain words what is wrong with it."""
    found = await services.datasets.check(caller.workspace, name)
    return Checked(problems=found.problems, notes=found.notes)
