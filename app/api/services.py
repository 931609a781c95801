"""How a route reaches the services."""

from typing import Annotated

from fastapi import Depends, Request

from app.services import Services


async def services(request: Request) -> Services:
    # Not a plain function: each request would wait for a thread to call it.
    return request.state.services


Given = Annotated[Services, Depends(services)]
