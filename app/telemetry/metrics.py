"""What this process has done since it was started, for Prometheus."""

import contextlib
import time
from collections.abc import Generator
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from app.telemetry.endings import ending, model_of, program_ending, timed
from app.telemetry.observer import AttemptSeen, CallSeen, ProgramSeen, RequestSeen

REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
WORK_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600)
MOST_MODELS = 20
"""Names of models come from whoever submits jobs; further ones are counted as `other`."""
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")


class Metrics:
    """An observer that counts. No label names a job or a workspace, and each has a bounded number of values."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._models: set[str] = set()
        self._requests = Counter(
            "autoiot_http_requests", "Answers given", ("route", "method", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "autoiot_http_request_seconds",
            "Until the end of the answer; streams of events are left out",
            ("route", "method"),
            buckets=REQUEST_SECONDS,
            registry=registry,
        )
        self._streams = Gauge("autoiot_event_streams_open", "Streams of events that are open", registry=registry)
        self._attempts = Counter(
            "autoiot_job_attempts", "Attempts at jobs, by what became of the job", ("outcome",), registry=registry
        )
        self._running = Gauge("autoiot_jobs_in_hand", "Jobs that this process works at", registry=registry)
        self._nodes = Counter("autoiot_nodes", "Steps that were run", ("node", "outcome"), registry=registry)
        self._node_seconds = Histogram(
            "autoiot_node_seconds", "How long a step took", ("node",), buckets=WORK_SECONDS, registry=registry
        )
        self._calls = Counter(
            "autoiot_calls", "Calls that left this machine", ("kind", "model", "outcome"), registry=registry
        )
        self._call_seconds = Histogram(
            "autoiot_call_seconds", "How long a reply took", ("kind", "model"), buckets=WORK_SECONDS, registry=registry
        )
        self._tokens = Counter("autoiot_model_tokens", "Tokens", ("model", "kind"), registry=registry)
        self._usd = Counter("autoiot_model_cost_usd", "USD, where prices are known", ("model",), registry=registry)
        self._programs = Counter("autoiot_sandbox_runs", "Programs run", ("sandbox", "outcome"), registry=registry)
        self._program_seconds = Histogram(
            "autoiot_sandbox_run_seconds",
            "From the call to the result",
            ("sandbox",),
            buckets=WORK_SECONDS,
            registry=registry,
        )

    @contextlib.contextmanager
    def request(self, seen: RequestSeen) -> Generator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            route, method = seen.route or "none", seen.method if seen.method in METHODS else "other"
            self._requests.labels(route, method, f"{seen.status // 100}xx").inc()
            if not seen.streamed:
                self._request_seconds.labels(route, method).observe(time.monotonic() - started)

    @contextlib.contextmanager
    def stream(self) -> Generator[None]:
        with self._streams.track_inprogress():
            yield

    @contextlib.contextmanager
    def attempt(self, seen: AttemptSeen) -> Generator[None]:
        try:
            with self._running.track_inprogress():
                yield
        finally:
            self._attempts.labels(seen.outcome).inc()

    def node(self, name: str) -> AbstractContextManager[None]:
        def tell(error: BaseException | None, seconds: float) -> None:
            self._nodes.labels(name, ending(error)).inc()
            self._node_seconds.labels(name).observe(seconds)

        return timed(tell)

    def call(self, seen: CallSeen) -> AbstractContextManager[None]:
        def tell(error: BaseException | None, seconds: float) -> None:
            reply, model, kind = seen.reply, self._bounded(model_of(seen)), seen.key.kind
            if reply is None or reply.outside:
                self._calls.labels(kind, model, ending(error)).inc()
                self._call_seconds.labels(kind, model).observe(seconds)
            if reply and kind == "chat":
                self._tokens.labels(model, "input").inc(reply.input_tokens)
                self._tokens.labels(model, "output").inc(reply.output_tokens)
                self._usd.labels(model).inc(reply.usd or 0)

        return timed(tell)

    def program(self, seen: ProgramSeen) -> AbstractContextManager[None]:
        def tell(error: BaseException | None, seconds: float) -> None:
            self._programs.labels(seen.sandbox, program_ending(seen, error)).inc()
            self._program_seconds.labels(seen.sandbox).observe(seconds)

        return timed(tell)

    def _bounded(self, model: str) -> str:
        if model not in self._models and len(self._models) >= MOST_MODELS:
            return "other"
        self._models.add(model)
        return model
