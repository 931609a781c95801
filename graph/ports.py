"""What the state machine needs from the world; `app` fits the adapters."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from graph.values import Measurement, Split, Version

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


class Chat(Protocol):
    async def ask(self, call: Call, parse: Callable[[str], T]) -> T:
        """The parsed reply; asked and paid once per run, however often a step runs.

        `parse` is pure and raises ReplyUnusable with what is wrong, which the model then gets to read once.

        Raises:
            RunFailed: no usable reply could be had.
        """
        ...


class Library(Protocol):
    async def search(self, term: str) -> list[str]:
        """Look `term` up; the references of the documents found."""
        ...

    async def passages(self, documents: list[str], query: str) -> list[Passage]:
        """The passages of `documents` nearest to `query`, within the prompt's budget."""
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


class Bench(Protocol):
    """The dataset with its splits, and the scorer."""

    @property
    def measured(self) -> bool:
        """False where there are no labels or no scorer: then only claims are to be had."""
        ...

    @property
    def predictions_help(self) -> str: ...

    def profile(self) -> str:
        """What the model is told about the data: names, formats and schema, no values."""
        ...

    async def inputs(self, split: Split) -> Path:
        """The folder that a program gets to read for `split`."""
        ...

    async def score(self, split: Split, predictions: bytes) -> Measurement:
        """Raises PredictionsInvalid."""
        ...
