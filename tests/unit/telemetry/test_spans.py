"""The tree of spans, and what is not in it."""

import json
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from app.providers.ledger import Key, Reply
from app.telemetry.observer import AttemptSeen, CallSeen, ProgramSeen, RequestSeen
from app.telemetry.spans import Spans

PROMPT = "words of a prompt"
ANSWER = "words of an answer"


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(kept: InMemorySpanExporter) -> Iterator[TracerProvider]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    yield provider
    provider.shutdown()


def work(spans: Spans) -> None:
    seen = CallSeen(Key("chat", "outline"), "gpt-x", [PROMPT])
    with spans.attempt(AttemptSeen("ecg-1", 2, "finish")), spans.node("outline"):
        with spans.call(seen):
            seen.reply = Reply(ANSWER, "gpt-x-1", 100, 20)
        with spans.program(ProgramSeen("docker")):
            pass


def above(span: ReadableSpan, spans: tuple[ReadableSpan, ...]) -> str:
    parent = span.parent.span_id if span.parent else None
    return next((one.name for one in spans if one.context and one.context.span_id == parent), "")


def test_the_tree_of_a_job(provider: TracerProvider, kept: InMemorySpanExporter) -> None:
    work(Spans(provider.get_tracer("autoiot")))
    spans = kept.get_finished_spans()
    assert {span.name: above(span, spans) for span in spans} == {
        "job": "",
        "node outline": "job",
        "chat gpt-x": "node outline",
        "program": "node outline",
    }
    told = {name: value for span in spans for name, value in (span.attributes or {}).items()}
    assert told["autoiot.job.id"] == "ecg-1"
    assert told["gen_ai.request.model"] == "gpt-x"
    assert told["gen_ai.response.model"] == "gpt-x-1"
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (100, 20)


@pytest.mark.parametrize("prompts", [False, True])
def test_prompts_are_in_it_only_when_asked_for(
    provider: TracerProvider, kept: InMemorySpanExporter, prompts: bool
) -> None:
    work(Spans(provider.get_tracer("autoiot"), prompts))
    text = "".join(json.dumps(json.loads(span.to_json())) for span in kept.get_finished_spans())
    assert (PROMPT in text, ANSWER in text) == (prompts, prompts)


def test_of_an_error_only_its_kind(provider: TracerProvider, kept: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match=PROMPT), Spans(provider.get_tracer("autoiot")).node("outline"):
        raise ValueError(PROMPT)
    (span,) = kept.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "ValueError"
    assert PROMPT not in span.to_json()


def test_a_request_goes_on_with_the_trace_that_it_came_with(
    provider: TracerProvider, kept: InMemorySpanExporter
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    given = RequestSeen("GET", "/v1/jobs/a", "r-1", f"00-{trace}-b7ad6b7169203331-01", "/v1/jobs/{job}", 200)
    with Spans(provider.get_tracer("autoiot")).request(given):
        pass
    (span,) = kept.get_finished_spans()
    assert span.name == "GET /v1/jobs/{job}"
    assert span.context
    assert format(span.context.trace_id, "032x") == trace
