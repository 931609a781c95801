"""Who watches the server at work: told of each piece when it begins, and what came of it."""

import contextlib
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Protocol

from app.providers.ledger import Key, Reply
from sandbox.base import ExecResult


@dataclass
class RequestSeen:
    method: str
    path: str
    """Without the query."""
    id: str
    traceparent: str = ""
    route: str = ""
    """Its template; empty where there is none for that path."""
    status: int = 500
    streamed: bool = False
    """It was an answer that goes on as long as there is something to tell."""


@dataclass
class AttemptSeen:
    run: str
    attempt: int
    outcome: str = "lost"
    """What became of the job: `finish`, `wait`, `stop`, `requeue`, `cancel`, or `lost` to another worker."""


@dataclass
class CallSeen:
    key: Key
    model: str
    """The one that was asked for."""
    prompt: list[str] = field(default_factory=list[str])
    reply: Reply | None = None


@dataclass
class ProgramSeen:
    sandbox: str
    result: ExecResult | None = None


class Observer(Protocol):
    """Each context is left when the piece has ended, by the exception that ended it, if one did."""

    def request(self, seen: RequestSeen) -> AbstractContextManager[None]: ...

    def stream(self) -> AbstractContextManager[None]: ...

    def attempt(self, seen: AttemptSeen) -> AbstractContextManager[None]: ...

    def node(self, name: str) -> AbstractContextManager[None]: ...

    def call(self, seen: CallSeen) -> AbstractContextManager[None]: ...

    def program(self, seen: ProgramSeen) -> AbstractContextManager[None]: ...


class Silent:
    """Tells nobody; what a subclass leaves out, it does not care for."""

    def request(self, seen: RequestSeen) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def stream(self) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def attempt(self, seen: AttemptSeen) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def node(self, name: str) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def call(self, seen: CallSeen) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def program(self, seen: ProgramSeen) -> AbstractContextManager[None]:
        return contextlib.nullcontext()


@dataclass(frozen=True)
class Together:
    """Tells several, the last one first of the end."""

    observers: tuple[Observer, ...]

    def request(self, seen: RequestSeen) -> AbstractContextManager[None]:
        return nested(observer.request(seen) for observer in self.observers)

    def stream(self) -> AbstractContextManager[None]:
        return nested(observer.stream() for observer in self.observers)

    def attempt(self, seen: AttemptSeen) -> AbstractContextManager[None]:
        return nested(observer.attempt(seen) for observer in self.observers)

    def node(self, name: str) -> AbstractContextManager[None]:
        return nested(observer.node(name) for observer in self.observers)

    def call(self, seen: CallSeen) -> AbstractContextManager[None]:
        return nested(observer.call(seen) for observer in self.observers)

    def program(self, seen: ProgramSeen) -> AbstractContextManager[None]:
        return nested(observer.program(seen) for observer in self.observers)


@contextlib.contextmanager
def nested(contexts: Generator[AbstractContextManager[None]]) -> Generator[None]:
    with ExitStack() as stack:
        for context in contexts:
            stack.enter_context(context)
        yield
