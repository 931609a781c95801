"""Spans of OpenTelemetry: request; job > node > model call or program."""

import contextlib
import json
from collections.abc import Generator
from dataclasses import dataclass

from opentelemetry import propagate
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from app.telemetry.endings import ending
from app.telemetry.observer import AttemptSeen, CallSeen, ProgramSeen, RequestSeen, Silent


@dataclass(frozen=True)
class Spans(Silent):
    tracer: Tracer
    prompts: bool = False
    """Put what was asked and answered into the spans of model calls."""

    @contextlib.contextmanager
    def request(self, seen: RequestSeen) -> Generator[None]:
        above = propagate.extract({"traceparent": seen.traceparent} if seen.traceparent else {})
        with self._span(seen.method, SpanKind.SERVER, above) as span:
            try:
                yield
            finally:
                span.update_name(f"{seen.method} {seen.route}".rstrip())
                span.set_attribute("http.request.method", seen.method)
                span.set_attribute("http.route", seen.route)
                span.set_attribute("http.response.status_code", seen.status)
                span.set_attribute("autoiot.request.id", seen.id)

    @contextlib.contextmanager
    def attempt(self, seen: AttemptSeen) -> Generator[None]:
        with self._span("job") as span:
            span.set_attribute("autoiot.job.id", seen.run)
            span.set_attribute("autoiot.job.attempt", seen.attempt)
            try:
                yield
            finally:
                span.set_attribute("autoiot.job.outcome", seen.outcome)

    @contextlib.contextmanager
    def node(self, name: str) -> Generator[None]:
        with self._span(f"node {name}") as span:
            span.set_attribute("autoiot.node", name)
            yield

    @contextlib.contextmanager
    def call(self, seen: CallSeen) -> Generator[None]:
        operation = {"embed": "embeddings"}.get(seen.key.kind, seen.key.kind)
        with self._span(f"{operation} {seen.model}".rstrip(), SpanKind.CLIENT) as span:
            span.set_attribute("gen_ai.operation.name", operation)
            span.set_attribute("autoiot.node", seen.key.node)
            if seen.model:
                span.set_attribute("gen_ai.request.model", seen.model)
            try:
                yield
            finally:
                self._tell_reply(span, seen)

    @contextlib.contextmanager
    def program(self, seen: ProgramSeen) -> Generator[None]:
        with self._span("program") as span:
            span.set_attribute("autoiot.sandbox", seen.sandbox)
            try:
                yield
            finally:
                span.set_attribute("autoiot.program.outcome", seen.result.outcome.value if seen.result else "none")

    def _tell_reply(self, span: Span, seen: CallSeen) -> None:
        reply = seen.reply
        if reply is None:
            return
        span.set_attribute("autoiot.outside", reply.outside)
        if seen.key.kind == "chat":
            span.set_attribute("gen_ai.response.model", reply.model)
            span.set_attribute("gen_ai.usage.input_tokens", reply.input_tokens)
            span.set_attribute("gen_ai.usage.output_tokens", reply.output_tokens)
            span.set_attribute("gen_ai.response.finish_reasons", ["length" if reply.cut_off else "stop"])
        if self.prompts:
            span.set_attribute("gen_ai.input.messages", json.dumps(seen.prompt, ensure_ascii=False))
            span.set_attribute("gen_ai.output.messages", json.dumps([reply.text], ensure_ascii=False))

    @contextlib.contextmanager
    def _span(self, name: str, kind: SpanKind = SpanKind.INTERNAL, above: Context | None = None) -> Generator[Span]:
        # Not the library's own record of an exception: its words may hold a prompt, an address or a key.
        started = self.tracer.start_as_current_span(
            name, context=above, kind=kind, record_exception=False, set_status_on_exception=False
        )
        with started as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                if ending(error) == "failed":
                    span.set_status(Status(StatusCode.ERROR))
                raise
