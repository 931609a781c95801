"""How a route reaches the services."""

from typing import Annotated

from fastapi import Depends, Request

from app.services import Services


def services(request: Request) -> Services:
    return request.state.services


Given = Annotated[Services, Depends(services)]
