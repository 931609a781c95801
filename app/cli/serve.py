"""`autoiot serve`."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from types import FrameType
from typing import Annotated

import typer
import uvicorn

from app.api.app import create_app
from app.api.bind import refuse_open_door, refuse_taken
from app.cli.refusals import refuse_unusable
from app.services import Services
from app.settings import Settings, read_settings
from app.telemetry.logs import write_logs
from app.telemetry.telemetry import Telemetry, telemetry
from app.wiring import open_keys, open_retention, open_services

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


async def check_door(settings: Settings, host: str) -> None:
    """Raises AutoiotError for an address that others reach, before there is a key."""
    async with open_keys(settings) as (keys, _):
        refuse_open_door(host, await keys.any())


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen at (default: AUTOIOT_HOST, 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="Port (default: AUTOIOT_PORT, 8000).")] = None,
) -> None:
    """Serve the REST API, and run its jobs in this process, AUTOIOT_JOBS_AT_ONCE at a time. Ctrl-C stops it."""
    settings, closing = read_settings(), asyncio.Event()
    refuse_unusable(settings)
    address, listening = host or settings.host, settings.port if port is None else port
    refuse_taken(address, listening)
    asyncio.run(check_door(settings, address))
    write_logs(settings.log_format, settings.log_level)

    with telemetry(settings) as watching:
        config = uvicorn.Config(
            create_app(opening(settings, closing, watching)),
            host=address,
            port=listening,
            timeout_graceful_shutdown=SECONDS_TO_DRAIN,
            # Its records go where all go, and a line for each request is ours.
            log_config=None,
            access_log=False,
        )
        Server(config, closing).run()


def opening(
    settings: Settings, closing: asyncio.Event, watching: Telemetry
) -> Callable[[], AbstractAsyncContextManager[Services]]:
    @contextlib.asynccontextmanager
    async def opened() -> AsyncGenerator[Services]:
        async with (
            open_services(settings, closing, watching) as services,
            open_retention(settings, services.jobs).working(),
            services.worker.working(),
        ):
            yield services

    return opened
