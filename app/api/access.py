"""Who is asking."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from app.db.tables import HOME, Role


@dataclass(frozen=True)
class Caller:
    workspace: str
    role: Role
    key: str = ""
    """The id of the key; empty where none is needed."""


async def current() -> Caller:
    return Caller(HOME, "admin")


Asking = Annotated[Caller, Depends(current)]
