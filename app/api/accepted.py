"""How a new job is asked for and answered."""

from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel

from app.api.described import describe_line
from app.db.tables import RunRow, Status

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class Accepted(BaseModel):
    id: str
    status: Status
    links: dict[str, str]


def accept(row: RunRow, response: Response) -> Accepted:
    described = describe_line(row)
    response.headers["Location"] = described.links["self"]
    return Accepted(id=row.id, status=row.status, links=described.links)
