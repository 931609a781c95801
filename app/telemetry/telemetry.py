"""All that watches one process, as it was set."""

import contextlib
from collections.abc import Collection, Generator
from dataclasses import dataclass, field

from prometheus_client import start_http_server

from app.db.session import Database
from app.settings import Settings, SettingsInvalid
from app.telemetry.backlog import page, read_backlog
from app.telemetry.fields import Logging
from app.telemetry.metrics import Metrics
from app.telemetry.observer import Observer, Together


@dataclass(frozen=True)
class Telemetry:
    metrics: Metrics = field(default_factory=Metrics)
    more: tuple[Observer, ...] = ()

    @property
    def observer(self) -> Observer:
        return Together((Logging(), self.metrics, *self.more))

    async def page(self, database: Database, queues: Collection[str]) -> bytes:
        """For Prometheus: all jobs of the database, and the work of this process."""
        return page(self.metrics.registry, await read_backlog(database, queues))


@contextlib.contextmanager
def telemetry(settings: Settings) -> Generator[Telemetry]:
    """Raises SettingsInvalid where spans are asked for that cannot be made."""
    if settings.otlp_endpoint is None:
        yield Telemetry()
        return
    from app.telemetry.export import exported_spans  # noqa: PLC0415 (its library is an extra)

    with exported_spans(settings.otlp_endpoint, prompts=settings.otlp_prompts) as spans:
        yield Telemetry(more=(spans,))


@contextlib.contextmanager
def metrics_port(settings: Settings, metrics: Metrics) -> Generator[None]:
    """Serves what this process has counted, where AUTOIOT_METRICS_PORT is set. Raises SettingsInvalid."""
    if settings.metrics_port is None:
        yield
        return
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, metrics.registry)
    except OSError as error:
        place = f"{settings.metrics_host}:{settings.metrics_port}"
        raise SettingsInvalid(f"AUTOIOT_METRICS_PORT: cannot listen at {place}: {error.strerror or error}") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
