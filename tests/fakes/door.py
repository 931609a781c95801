"""A server with nothing behind its door but keys and quotas, over a real database."""

import contextlib
import logging
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from sqlalchemy import URL

from app.api.access import Asking
from app.api.keys import router
from app.api.problems import handle_problems, refusal
from app.db.session import open_database
from app.keys.quota import Quota
from app.keys.quotas import Quotas
from app.keys.rate import RateLimit
from app.keys.service import Keys

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Services:
    keys: Keys
    quotas: Quotas
    rate: RateLimit


def make_app(url: URL, a_minute: int = 0) -> FastAPI:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[dict[str, Any]]:
        async with open_database(url) as database:
            yield {"services": Services(Keys(database), Quotas(database, Quota(tokens=9)), RateLimit(a_minute))}

    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    handle_problems(app)

    @app.exception_handler(Exception)
    async def broken(_: Request, error: Exception) -> JSONResponse:
        logging.getLogger("uvicorn.error").error("it broke", exc_info=error)
        return refusal(500, "a bug of ours")

    @app.get("/broken")
    async def breaks(caller: Asking, request: Request) -> None:
        raise RuntimeError(f"{caller} sent {dict(request.headers)}")

    return app


@dataclass(frozen=True)
class Visitor:
    """Somebody with a key, or without one."""

    client: TestClient
    key: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        # As bytes, so that also what no client would send can be sent.
        bearer = {} if self.key is None else {"Authorization": f"Bearer {self.key}".encode()}
        return self.client.request(method, path, headers=bearer | self.headers, **more)

    def make(self, name: str, **more: Any) -> "Visitor":
        """Somebody with the key that this one makes for them."""
        answer = self("POST", "/v1/keys", json={"name": name} | more)
        assert answer.status_code == 201, answer.text
        return Visitor(self.client, answer.json()["secret"])


@contextlib.contextmanager
def visited(app: FastAPI, client: str = HERE, host: str = HERE) -> Iterator[Visitor]:
    opened = TestClient(app, base_url=f"http://{host}", client=(client, 50_000), raise_server_exceptions=False)
    with opened:
        yield Visitor(opened)
