"""Whether the server lives, and whether it can work."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from app.api.problems import answers
from app.api.services import Given

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


@router.get("/healthz")
async def alive() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz", responses=answers(503))
async def ready(services: Given) -> Health:
    """The database answers."""
    async with services.jobs.database.read() as session:
        await session.execute(text("SELECT 1"))
    return Health()
