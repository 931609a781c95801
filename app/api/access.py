"""Who is asking, and whether they may."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from app.api.bind import is_local
from app.api.services import Given
from app.db.tables import HOME, Role
from app.keys.rate import RateLimit
from app.keys.service import Keys

# One answer for a key that is wrong, revoked or past its end: nobody learns which keys there are.
REFUSED = "the key is not valid (any more); ask for another one from whoever runs the server"
MISSING = "a key is needed, as `Authorization: Bearer KEY` or `X-API-Key: KEY`; an admin makes one"
NOT_LOCAL = (
    "the server has no key, so it serves only this machine, under the name 127.0.0.1 or localhost;"
    " `autoiot keys create NAME --role admin` makes the first key"
)


@dataclass(frozen=True)
class Caller:
    workspace: str
    role: Role
    key: str = ""
    """The id of the key; empty where none is needed."""
    name: str = ""


Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(HTTPBearer(auto_error=False))]
Header = Annotated[str | None, Security(APIKeyHeader(name="X-API-Key", auto_error=False))]


async def current(request: Request, services: Given, bearer: Bearer, header: Header) -> Caller:
    """401 for whoever may not come in, 429 for whoever comes too often."""
    secret = bearer.credentials if bearer else header
    found = await by_key(services.keys, secret) if secret else await without_key(services.keys, request)
    address = request.client.host if request.client else "nowhere"
    # Whoever tries keys out is counted, too.
    limit(services.rate, found.key or address if isinstance(found, Caller) else address)
    if isinstance(found, str):
        raise HTTPException(401, found, headers={"WWW-Authenticate": "Bearer"})
    return found


async def by_key(keys: Keys, secret: str) -> Caller | str:
    row = await keys.check(secret)
    return Caller(row.workspace, row.role, row.id, row.name) if row else REFUSED


async def without_key(keys: Keys, request: Request) -> Caller | str:
    if await keys.any():
        return MISSING
    # Looked at for each request: the last key may be revoked while the server listens to the whole network.
    client = request.client.host if request.client else ""
    local = is_local(client, request.headers.get("host", ""), request.headers.get("origin"))
    return Caller(HOME, "admin") if local else NOT_LOCAL


def limit(rate: RateLimit, who: str) -> None:
    wait = rate.wait(who)
    if wait:
        line = f"{rate.a_minute} requests a minute are allowed: try again in {wait} s"
        raise HTTPException(429, line, headers={"Retry-After": str(wait)})


Asking = Annotated[Caller, Depends(current)]


async def admin(caller: Asking) -> Caller:
    if caller.role != "admin":
        raise HTTPException(403, "only the key of an admin may do this")
    return caller


Admin = Annotated[Caller, Depends(admin)]
