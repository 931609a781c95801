"""How a new job is asked for and answered."""

from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel

from app.api.described import describe_line
from app.db.tables import RunRow, Status
from app.jobs.once import Once

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class Accepted(BaseModel):
    id: str
    status: Status
    links: dict[str, str]


def once(key: str | None, body: BaseModel, *place: str) -> Once | None:
    """What comes with that key: the same body at the same place."""
    return Once.of(key, *place, body.model_dump_json(exclude_unset=True)) if key else None


def accept(row: RunRow, response: Response) -> Accepted:
    described = describe_line(row)
    response.headers["Location"] = described.links["self"]
    return Accepted(id=row.id, status=row.status, links=described.links)
