"""What goes wrong, as `application/problem+json` (RFC 9457): one line that the caller can act on."""

import logging
import re
from collections.abc import Sequence
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.datasets.errors import DatasetTaken, DatasetUnknown, DiskFull, UploadBroken, UploadTooLarge
from app.jobs.lifecycle import ChangeRefused
from app.keys.errors import KeyUnknown, LastAdminKey, QuotaExceeded
from app.knowledge.errors import KnowledgeUnknown
from graph.errors import AutoiotError, RunUnknown
from sandbox.errors import SandboxError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
MOST_BODY_BYTES = 1_000_000
"""Of a request that is no upload."""
MOST_ERRORS = 20
MOST_FIELD = 100
"""Characters of its name."""
UPLOADS = re.compile(r"/archive$|^/v1/knowledge/")
"""They keep to limits of their own."""


class Problem(BaseModel):
    """What went wrong."""

    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None
    """Of a request that cannot be read: the first fields that are wrong, and how."""


def refusal(status: int, detail: str, *, errors: Any = None, headers: dict[str, str] | None = None) -> JSONResponse:
    problem = Problem(title=TITLES.get(status, "Error"), status=status, detail=detail, errors=errors)
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA_TYPE)


TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    411: "Length Required",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the `responses` of a route: these may come, as problems."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": TITLES[status], "content": {MEDIA_TYPE: schema}} for status in statuses}


MEANINGS: tuple[tuple[int, tuple[type[Exception], ...]], ...] = (
    (400, (UploadBroken,)),
    (404, (RunUnknown, DatasetUnknown, KeyUnknown, KnowledgeUnknown)),
    (409, (ChangeRefused, DatasetTaken, LastAdminKey)),
    (413, (UploadTooLarge,)),
    (429, (QuotaExceeded,)),
    (503, (SandboxError, DiskFull)),
)
"""What our failures mean to whoever asked; any other is a matter of what was asked for."""


def status_of(error: Exception) -> int:
    return next((status for status, kinds in MEANINGS if isinstance(error, kinds)), 422)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _field(path: Sequence[object]) -> str:
    """The names in it may be of the caller's making."""
    name = _one_line(".".join(map(str, path)))
    return name if len(name) <= MOST_FIELD else f"{name[:MOST_FIELD]}..."


def handle_problems(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        return refusal(error.status_code, str(error.detail), headers=dict(error.headers or {}) or None)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # A request of 1 MB can hold a hundred thousand mistakes.
        some = error.errors()[:MOST_ERRORS]
        found = [{"field": _field(one["loc"]), "problem": _one_line(one["msg"])} for one in some]
        first = found[0] if found else {"field": "request", "problem": "it cannot be read"}
        return refusal(422, f"{first['field']}: {first['problem']}", errors=jsonable_encoder(found))

    @app.exception_handler(AutoiotError)
    @app.exception_handler(SandboxError)
    async def ours(_: Request, error: Exception) -> JSONResponse:
        return refusal(status_of(error), _one_line(str(error)))

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, error: ClientDisconnect) -> JSONResponse:
        # Nobody reads this but the log, which would have a stack trace instead.
        return refusal(400, "the upload was given up")

    @app.exception_handler(SQLAlchemyError)
    @app.exception_handler(psycopg.Error)
    async def database(_: Request, error: Exception) -> JSONResponse:
        # What the driver says may hold an address or a value: it goes into the log, not to a caller.
        log.warning("the database does not answer", exc_info=error)
        return refusal(503, "the database does not answer; try again")


class BodyLimit:
    """Refuses a body that says beforehand that it is too long: the framework would answer in plain text."""

    def __init__(self, app: ASGIApp, most: int = MOST_BODY_BYTES, uploads: re.Pattern[str] = UPLOADS) -> None:
        self.app, self.most, self.uploads = app, most, uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.uploads.search(scope["path"]):
            return await self.app(scope, receive, send)
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self.most:
            return await self._refuse(scope, receive, send)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.most:
                raise HTTPException(413, f"a request may have {self.most} bytes")
            return message

        return await self.app(scope, counted, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await refusal(413, f"a request may have {self.most} bytes")(scope, receive, send)
