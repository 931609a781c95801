"""`/v1/keys` and `/v1/me`: who may come in, who one is, and what one may use."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import Admin, Asking
from app.api.problems import answers
from app.api.services import Given
from app.db.tables import HOME, KeyRow, Role
from app.keys.quota import Quota, Use
from app.keys.service import is_valid

router = APIRouter(prefix="/v1", tags=["keys"], responses=answers(401, 429, 503))


class NewKey(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(description="Who or what will use it.", min_length=1, max_length=64)]
    workspace: Annotated[str, Field(description="Letters, digits and - _ . after a letter or digit.")] = HOME
    role: Role = "member"
    expires: Annotated[
        str | int | None, Field(description="A number of days, or the last day, such as 2027-01-31; null: never.")
    ] = None


class Key(BaseModel):
    id: str
    name: str
    workspace: str
    role: Role
    created: str
    expires: str | None
    valid: bool


class MadeKey(Key):
    secret: Annotated[str, Field(description="The key itself. It is shown this once and kept nowhere.")]


class Me(BaseModel):
    workspace: str
    role: Role
    key: Annotated[str | None, Field(description="The name of the key; null where none is needed.")]
    quota: Quota
    use: Use


@router.post("/keys", status_code=201, responses=answers(400, 403, 409, 413, 422))
async def create(new: NewKey, caller: Admin, services: Given, response: Response) -> MadeKey:
    """Make a key. Its secret is in this answer and nowhere else."""
    if new.role != "admin" and not await services.keys.any():
        raise HTTPException(409, "the first key has to be an admin's: with any other one nobody could make a second")
    expires = None if new.expires is None else str(new.expires)
    row, secret = await services.keys.create(new.name, new.workspace, new.role, expires)
    response.headers["Cache-Control"] = "no-store"
    return MadeKey(**shown(row).model_dump(), secret=secret)


@router.get("/keys", responses=answers(403, 422))
async def show(caller: Admin, services: Given, workspace: Annotated[str | None, Query()] = None) -> list[Key]:
    """All keys, or those of one workspace, without their secrets."""
    return [shown(row) for row in await services.keys.all(workspace)]


@router.delete("/keys/{key}", status_code=204, responses=answers(403, 404, 409, 422))
async def revoke(key: str, caller: Admin, services: Given) -> None:
    """From now on the key opens nothing. The last valid key of an admin stays."""
    await services.keys.revoke(key)


@router.get("/me")
async def me(caller: Asking, services: Given) -> Me:
    """Who asks, what the workspace may use, and what it has used within the last 24 hours."""
    quota, use = await services.quotas.get(caller.workspace), await services.quotas.use(caller.workspace)
    return Me(workspace=caller.workspace, role=caller.role, key=caller.name or None, quota=quota, use=use)


def shown(row: KeyRow) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        workspace=row.workspace,
        role=row.role,
        created=row.created,
        expires=row.expires,
        valid=is_valid(row),
    )
