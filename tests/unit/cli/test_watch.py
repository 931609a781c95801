"""What a person who watches a job is asked, and when."""

import io
from typing import Any

import httpx2
import pytest
import typer
from fakes.remote import Scripted, jobs
from rich.console import Console
from typer.main import get_command

from app.cli.main import app
from app.cli.progress import Printer
from app.cli.remote.watch import Watch
from app.client.follow import JobEvent
from graph.build import build_graph

USAGE = {"calls": 1, "input_tokens": 1, "output_tokens": 1, "bytes_sent": 1, "bytes_received": 1, "usd": None}
ASKS = "it waits for your word"


def told(question: dict[str, Any], *events: tuple[str, dict[str, Any]]) -> str:
    """What is printed while the server asks `question` all the time."""
    said = io.StringIO()
    server = Scripted(*[httpx2.Response(200, json=question) for _ in events])
    watch = Watch(typer.Context(get_command(app)), jobs(server), "a-1", Printer(Console(file=said)))
    for number, (kind, data) in enumerate(events, 1):
        watch.hear(JobEvent(number, kind, data))
    return said.getvalue()


def begun(iteration: int) -> tuple[str, dict[str, Any]]:
    return "started", {"node": "review", "usage": USAGE, "seconds": 1.0, "iteration": iteration}


WAITING = ("status", {"status": "waiting", "problem": ""})


@pytest.mark.parametrize(("iteration", "times"), [(0, 1), (1, 1), (2, 0)])
def test_nobody_is_asked_about_a_candidate_that_was_not_told_of_yet(iteration: int, times: int) -> None:
    events = (begun(0), WAITING, begun(1), WAITING)
    said = told({"iteration": iteration, "best": None}, *(events if iteration else events[:2]))
    assert said.count(ASKS) == times


def test_the_name_of_each_step_stands_apart_from_what_is_said_of_it() -> None:
    for node in build_graph().nodes:
        said = told({}, ("started", begun(0)[1] | {"node": node}), ("finished", begun(0)[1] | {"node": node}))
        assert f" {node} " in said


def test_an_event_of_a_newer_server_is_passed_over() -> None:
    said = told({}, ("finished", {"node": "plan", "usage": 3, "seconds": "soon"}), ("hint", {"text": "new"}))
    assert "not understood here" in said and "hint: new" in said
