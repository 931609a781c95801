"""What the routes work with; `app.wiring` makes it, the lifespan of the app keeps it open."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.jobs.service import Jobs
from app.queue.embedded import Runner
from app.settings import Settings


@dataclass(frozen=True)
class Services:
    settings: Settings
    jobs: Jobs
    runner: Runner


def services(request: Request) -> Services:
    return request.state.services


Given = Annotated[Services, Depends(services)]
