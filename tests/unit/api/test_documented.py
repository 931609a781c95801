"""What the OpenAPI document says of every operation."""

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.api.app import ROUTERS, create_app
from app.api.services import services


def reaches_database(needs: Dependant) -> bool:
    return needs.call is services or any(map(reaches_database, needs.dependencies))


def test_every_operation_that_reaches_the_database_says_that_it_may_be_away() -> None:
    paths = create_app(pytest.fail).openapi()["paths"]
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    documented = {
        f"{method} {route.path_format}": "503" in paths[route.path_format][method.lower()]["responses"]
        for route in routes
        for method in route.methods or ()
        if reaches_database(route.dependant)
    }
    assert len(documented) > 35
    assert [operation for operation, said in documented.items() if not said] == []
