"""An OpenAI-compatible server on the loopback: real HTTP, scripted trouble, answers chosen by the prompt."""

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from fakes.answers import ANSWERS, step

SOON = {"Retry-After-Ms": "1"}
"""The client's backoff starts at half a second and takes a `Retry-After: 0` for none at all; this it honours."""


@dataclass(frozen=True)
class Behaviour:
    """What the server does with one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    drop_after: int | None = None
    """So many bytes of the body are sent, then the connection is closed; 0: not even the headers."""
    hangs: bool = False
    """Answers nothing until the server is closed."""


def says(text: str | None, finish: str = "stop") -> Behaviour:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return replies({"choices": [choice]})


def replies(more: dict[str, Any]) -> Behaviour:
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    return sends({"id": "1", "object": "chat.completion", "created": 1, "model": "tiny", "usage": usage} | more)


def sends(value: Any) -> Behaviour:
    return Behaviour(body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def fails(status: int, words: str = "no") -> Behaviour:
    return Behaviour(status, json.dumps({"error": {"message": words, "code": "x"}}).encode(), SOON)


def drops(after: int = 0) -> Behaviour:
    return Behaviour(body=says("cut").body, drop_after=after)


HANGS = Behaviour(hangs=True)


@dataclass
class ModelServer:
    url: str = ""
    script: dict[str, list[Behaviour]] = field(default_factory=dict[str, list[Behaviour]])
    """Step -> what happens to its first requests; afterwards it gets its answer."""
    always: Behaviour | None = None
    answers: dict[str, str] = field(default_factory=lambda: dict(ANSWERS))
    before: Callable[[str], None] = lambda _: None
    """Called with the step of each request, before the answer."""
    asked: list[str] = field(default_factory=list[str])
    """The step of each request."""
    paths: list[str] = field(default_factory=list[str])
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    hanging: threading.Event = field(default_factory=threading.Event)
    """Set once a request waits for an answer that will not come."""
    closing: threading.Event = field(default_factory=threading.Event)

    def next(self, name: str) -> Behaviour:
        if self.script.get(name):
            return self.script[name].pop(0)
        return self.always or says(self.answers[name])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    model: ModelServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, e.g. on Ctrl-C, is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._unknown()

    def do_CONNECT(self) -> None:
        self._unknown()

    def _unknown(self) -> None:
        self.server.model.paths.append(self.path)
        self.send_error(404)

    def do_POST(self) -> None:
        model = self.server.model
        model.paths.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = step(body)
        model.asked.append(name)
        model.bodies.append(body)
        model.headers.append(dict(self.headers))
        model.before(name)
        self._act(model.next(name), model)

    def _act(self, behaviour: Behaviour, model: ModelServer) -> None:
        if behaviour.hangs:
            model.hanging.set()
            model.closing.wait()
        if behaviour.hangs or behaviour.drop_after == 0:
            self.close_connection = True
            return
        self.send_response(behaviour.status)
        for name, value in behaviour.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(behaviour.body)))
        self.end_headers()
        self.wfile.write(behaviour.body[: behaviour.drop_after])
        self.close_connection = behaviour.drop_after is not None

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def model_server() -> Generator[ModelServer]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.model = ModelServer(f"http://127.0.0.1:{server.server_port}/v1")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.model
        finally:
            server.model.closing.set()
            server.shutdown()
            thread.join()
