"""The REST API over the services."""

import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from importlib import metadata
from typing import TypedDict

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app.api import (
    checkpoints,
    datasets,
    docs,
    events,
    health,
    instructions,
    jobs,
    keys,
    knowledge,
    metrics,
    results,
    review,
)
from app.api.problems import BodyLimit, Problem, handle_problems
from app.api.traffic import Traffic
from app.services import Services

ROUTERS: tuple[APIRouter, ...] = (
    jobs.router,
    events.router,
    review.router,
    instructions.router,
    results.router,
    checkpoints.router,
    datasets.router,
    keys.router,
    knowledge.router,
    health.router,
    metrics.router,
    docs.router,
)


class State(TypedDict):
    services: Services


def create_app(opened: Callable[[], AbstractAsyncContextManager[Services]]) -> FastAPI:
    """`opened` gives the services for as long as the server runs."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[State]:
        async with opened() as services:
            yield {"services": services}

    app = FastAPI(
        title="AutoIOT",
        version=metadata.version("autoiot"),
        summary="Turns a task in plain words and a folder of sensor data into a measured program.",
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        # Those pages would load scripts from elsewhere; `app.api.docs` has one of our own.
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=name_of,
    )
    for router in ROUTERS:
        app.include_router(router)
    handle_problems(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Traffic)
    app.openapi = lambda: described(app)
    return app


def name_of(route: APIRoute) -> str:
    return f"{route.tags[0] if route.tags else 'api'}-{route.name}"


def described(app: FastAPI) -> dict[str, object]:
    """The OpenAPI document, which has to name the one shape of all refusals itself."""
    if not app.openapi_schema:
        document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        app.openapi_schema = document
    return app.openapi_schema
