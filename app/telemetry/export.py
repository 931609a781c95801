"""Sends spans to a collector, as OTLP over HTTP."""

import contextlib
from collections.abc import Generator
from importlib import metadata

from app.settings import SettingsInvalid
from app.telemetry.spans import Spans

try:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
except ModuleNotFoundError as missing:
    raise SettingsInvalid("AUTOIOT_OTLP_ENDPOINT: spans need `pip install 'autoiot[otel]'`") from missing

PATH = "/v1/traces"


@contextlib.contextmanager
def exported_spans(endpoint: str, *, prompts: bool) -> Generator[Spans]:
    """What is left is sent at the end."""
    named = Resource.create({"service.name": "autoiot", "service.version": metadata.version("autoiot")})
    # Not the global provider: libraries that look for one would write prompts into spans of their own.
    provider = TracerProvider(resource=named, shutdown_on_exit=False)
    address = endpoint if endpoint.endswith(PATH) else endpoint.rstrip("/") + PATH
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    try:
        yield Spans(provider.get_tracer("autoiot"), prompts)
    finally:
        provider.shutdown()
