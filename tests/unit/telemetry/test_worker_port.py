"""What a worker shows of itself, which has no API."""

import socket

import httpx2
import pytest

from app.settings import Settings, SettingsInvalid
from app.telemetry.metrics import Metrics
from app.telemetry.telemetry import metrics_port


def settings(port: int) -> Settings:
    return Settings.model_validate({"AUTOIOT_METRICS_PORT": port})


def test_it_is_shown_while_the_worker_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    metrics = Metrics()
    with metrics.node("outline"):
        pass
    with metrics_port(settings(port), metrics):
        page = httpx2.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert 'autoiot_nodes_total{node="outline",outcome="ok"} 1.0' in page
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(SettingsInvalid, match=rf"^AUTOIOT_METRICS_PORT: cannot listen at 127.0.0.1:{port}: "),
            metrics_port(settings(port), Metrics()),
        ):
            pass
