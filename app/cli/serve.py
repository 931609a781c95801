"""`autoiot serve`."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from types import FrameType
from typing import Annotated

import typer
import uvicorn

from app.api.app import create_app
from app.services import Services
from app.settings import read_settings
from app.wiring import open_services

SECONDS_TO_DRAIN = 20


class Server(uvicorn.Server):
    """Tells the streams that would never end before it waits for them."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event) -> None:
        super().__init__(config)
        self.closing = closing
        self.loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: object = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().serve()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.loop:
            self.loop.call_soon_threadsafe(self.closing.set)
        super().handle_exit(sig, frame)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen at (default: AUTOIOT_HOST, 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port (default: AUTOIOT_PORT, 8000).")] = None,
) -> None:
    """Serve the REST API, and run its jobs in this process, AUTOIOT_JOBS_AT_ONCE at a time. Ctrl-C stops it."""
    settings, closing = read_settings(), asyncio.Event()

    @contextlib.asynccontextmanager
    async def opened() -> AsyncGenerator[Services]:
        async with open_services(settings, closing) as services, services.runner.working():
            yield services

    config = uvicorn.Config(
        create_app(opened),
        host=host or settings.host,
        port=settings.port if port is None else port,
        timeout_graceful_shutdown=SECONDS_TO_DRAIN,
        log_level="info",
    )
    Server(config, closing).run()
