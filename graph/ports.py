"""What the state machine needs from the world; `app` fits the adapters."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from graph.quality import Finding
from graph.values import Measurement, Split, Version
from sandbox.base import Sandbox

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One question to the model; node, iteration and item name it within its run."""

    node: str
    prompt: str
    iteration: int = 0
    item: str = ""


@dataclass(frozen=True)
class Passage:
    id: str
    title: str
    source: str
    text: str


@dataclass(frozen=True)
class Tool:
    """Something that the model may call before it answers."""

    name: str
    description: str
    parameters: dict[str, Any]
    """A JSON schema of its arguments."""
    call: Callable[[dict[str, Any]], Awaitable[str]]
    """May raise RunFailed or SandboxError."""


class Chat(Protocol):
    async def ask(self, call: Call, parse: Callable[[str], T], tools: Sequence[Tool] = ()) -> T:
        """The parsed reply; asked and paid once per run, however often a step runs.

        The model may call `tools` a few times before it answers; one that does not know how to, answers at once.

        `parse` is pure and raises ReplyUnusable with what is wrong, which the model then gets to read once.

        Raises:
            RunFailed: no usable reply could be had.
        """
        ...


@dataclass(frozen=True)
class Hit:
    """A document that a search found."""

    reference: str
    """Of its text, in the artifact store."""
    title: str
    source: str
    """Its address, or the name of a file of the user's."""
    own: bool
    """The user gave it."""


class Library(Protocol):
    @property
    def searches_web(self) -> bool:
        """Whether `search` asks anybody else."""
        ...

    async def search(self, term: str) -> list[Hit]:
        """Look `term` up; the documents found, the best first."""
        ...

    async def passages(self, documents: list[str], query: str) -> list[Passage]:
        """The passages nearest to `query`, the best first: of `documents`, and of what the job was given."""
        ...


class Artifacts(Protocol):
    """Texts and files, named by the sha256 of their content: writing twice is writing once."""

    def put(self, content: bytes) -> str: ...

    def get(self, reference: str) -> bytes: ...


class Versions(Protocol):
    """Every candidate of the run; saving the same version again replaces it."""

    async def save(self, version: Version) -> None: ...

    async def all(self) -> list[Version]: ...


@dataclass(frozen=True)
class Instruction:
    number: int
    """From 1 within the run, as they were given."""
    text: str


class Instructions(Protocol):
    """What people told the run since it began."""

    async def given(self) -> list[Instruction]: ...


class Critic(Protocol):
    """Reads programs without running them."""

    async def read(self, source: str) -> list[Finding] | None:
        """What it finds; None where nothing can be said."""
        ...


class Bench(Protocol):
    """The dataset with its splits, and the scorer."""

    @property
    def measured(self) -> bool:
        """False where there are no labels or no scorer: then only claims are to be had."""
        ...

    @property
    def tunable(self) -> bool:
        """Whether train can be halved, so that its folds can be scored."""
        ...

    @property
    def predictions_help(self) -> str: ...

    async def profile(self, sandbox: Sandbox) -> str:
        """What the model is told about the data, which is looked at in `sandbox`: formats and schema, no values."""
        ...

    def units(self, split: Split) -> tuple[str, ...]:
        """Of `split`, as the program sees them; none where the data has no labels."""
        ...

    async def inputs(self, split: Split, *, one: bool = False) -> Path:
        """The folder that a program gets to read for `split`, or for the first unit of it alone."""
        ...

    async def score(self, split: Split, predictions: bytes) -> Measurement:
        """Raises PredictionsInvalid."""
        ...
