"""What is counted, read back as Prometheus would."""

import asyncio

import pytest
from langgraph.errors import GraphInterrupt
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from app.providers.ledger import Key, Reply
from app.telemetry.metrics import MOST_MODELS, Metrics
from app.telemetry.observer import AttemptSeen, CallSeen, ProgramSeen, RequestSeen
from sandbox.base import ExecResult, Outcome


def read(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    """The values of a name by those of its labels, which are sorted by theirs."""
    families = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return {tuple(value for _, value in sorted(sample.labels.items())): sample.value for sample in samples}


def call(metrics: Metrics, model: str, reply: Reply, kind: str = "chat") -> None:
    seen = CallSeen(Key(kind, "outline"), model)
    with metrics.call(seen):
        seen.reply = reply


def test_calls_tokens_and_money() -> None:
    metrics = Metrics()
    call(metrics, "m", Reply("a", "m", 100, 20, 0.5))
    call(metrics, "m", Reply("a", "m", 1, 2))
    call(metrics, "", Reply("[]", outside=True), "search")
    call(metrics, "", Reply("[]", outside=False), "search")
    with pytest.raises(OSError, match="away"), metrics.call(CallSeen(Key("chat", "outline"), "m")):
        raise OSError("away")
    assert read(metrics, "autoiot_calls_total") == {
        ("chat", "m", "ok"): 2,
        ("chat", "m", "failed"): 1,
        ("search", "", "ok"): 1,
    }
    assert read(metrics, "autoiot_model_tokens_total") == {("input", "m"): 101, ("output", "m"): 22}
    assert read(metrics, "autoiot_model_cost_usd_total") == {("m",): 0.5}


def test_names_of_models_are_bounded() -> None:
    metrics = Metrics()
    for number in range(MOST_MODELS + 5):
        call(metrics, f"m{number}", Reply("", f"m{number}"))
    call(metrics, "m0", Reply("", "m0"))
    counted = read(metrics, "autoiot_calls_total")
    assert len(counted) == MOST_MODELS + 1
    assert (counted["chat", "other", "ok"], counted["chat", "m0", "ok"]) == (5, 2)


def end_node(metrics: Metrics, error: BaseException | None) -> None:
    with metrics.node("review"):
        if error:
            raise error


def test_how_a_step_ended() -> None:
    metrics = Metrics()
    end_node(metrics, None)
    for error in (GraphInterrupt(), asyncio.CancelledError(), ValueError()):
        with pytest.raises(type(error)):
            end_node(metrics, error)
    ends = {("review", outcome): 1 for outcome in ("ok", "waits", "cancelled", "failed")}
    assert read(metrics, "autoiot_nodes_total") == ends
    assert read(metrics, "autoiot_node_seconds_count") == {("review",): 4}


def test_programs_attempts_and_streams() -> None:
    metrics = Metrics()
    seen = ProgramSeen("docker")
    with metrics.program(seen):
        seen.result = ExecResult(Outcome.OOM, None, "", "", 0, 0, 1.0, 1.0, 1.0, "docker")
    with metrics.attempt(AttemptSeen("a", 1, "requeue")), metrics.stream():
        assert read(metrics, "autoiot_event_streams_open") == {(): 1}
        assert read(metrics, "autoiot_jobs_in_hand") == {(): 1}
    assert read(metrics, "autoiot_event_streams_open") == read(metrics, "autoiot_jobs_in_hand") == {(): 0}
    assert read(metrics, "autoiot_sandbox_runs_total") == {("oom", "docker"): 1}
    assert read(metrics, "autoiot_job_attempts_total") == {("requeue",): 1}


def test_requests_are_counted_by_their_route_and_streams_not_timed() -> None:
    metrics = Metrics()
    seen = (
        RequestSeen("GET", "/v1/jobs/a", "1", route="/v1/jobs/{job}", status=200),
        RequestSeen("GET", "/v1/jobs/a/events", "2", route="/v1/jobs/{job}/events", status=200, streamed=True),
        RequestSeen("BREW", "/tea", "3", status=404),
    )
    for one in seen:
        with metrics.request(one):
            pass
    assert read(metrics, "autoiot_http_requests_total") == {
        ("GET", "/v1/jobs/{job}", "2xx"): 1,
        ("GET", "/v1/jobs/{job}/events", "2xx"): 1,
        ("other", "none", "4xx"): 1,
    }
    assert set(read(metrics, "autoiot_http_request_seconds_count")) == {("GET", "/v1/jobs/{job}"), ("other", "none")}
