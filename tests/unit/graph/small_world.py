"""A world for the state machine that fits into memory.

Programs are texts that would pass the check; running one reads its `SCORE` line: a number is predicted, `crash` ends
with a traceback, anything else is predicted as it stands (and no scorer can read it).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from fakes.archive import MemoryArchive
from fakes.artifacts import MemoryArtifacts
from fakes.bench import ScriptedBench
from fakes.chat import Key, ScriptedChat
from fakes.library import MemoryLibrary
from fakes.sandbox import ScriptedSandbox, crashed, predicted
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.runtime import Runtime

from graph.build import build_graph
from graph.context import Context, Silent
from graph.ports import Critic, Instruction
from graph.state import State, first_state
from graph.task import Scoring, Task
from sandbox.base import ExecResult, Program

SCORING = Scoring(scorer="regression", metric="f1", direction="maximize")
MANUAL = """## Introduction
It finds peaks.

## Getting started
```sh
python program.py -i data -o results
```

## Explanation
As above.

## FAQ
Why?
"""
TRACEBACK = 'Traceback (most recent call last):\n  File "program.py", line 3\nValueError: too short'


def task(**values: Any) -> Task:
    given = {"name": "Peaks", "target": "Find the peaks.", "input": "CSV", "output": "rows"}
    given |= {"scoring": SCORING, "search": {"policy": "linear"}}
    return Task(**(given | values))


def glue(score: str) -> str:
    return f'''import argparse

SCORE = "{score}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("-i")
    parser.add_argument("-o")
    print(parser.parse_args(), load(SCORE))
'''


def program(score: str, more: str = "") -> str:
    return f'"""P."""\n\n{MODULE}\n\n{glue(score)}\n\nif __name__ == "__main__":\n    main()\n{more}'


MODULE = "def load(path: str) -> str:\n    return path.strip()\n"
DESIGN = '{"summary": "s", "modules": [{"signature": "def load(path: str) -> str", "does": "loads"}], "main": "m"}'


def fenced(source: str) -> str:
    return f"```python\n{source}```\n"


def edit(search: str, replace: str) -> str:
    return f"<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


def to(before: str, after: str) -> str:
    """The edit that makes a program score differently."""
    return edit(f'SCORE = "{before}"', f'SCORE = "{after}"')


def script(first: str, more: Mapping[Key | str, str] | None = None) -> dict[Key | str, str]:
    """The replies up to the first program, and for the document."""
    return {
        "terms": '{"terms": [{"term": "peak"}, {"term": "noise"}]}',
        "outline": "Look for peaks.",
        "design": DESIGN,
        ("write_module", 0, "load"): fenced(MODULE),
        "integrate": fenced(glue(first)),
        ("document", 0, "1"): MANUAL,
    } | dict(more or {})


def run_score(given: Program) -> ExecResult:
    score = re.findall(r'^SCORE = "(.*)"', given.source, re.MULTILINE)[0]
    if score == "crash":
        return crashed(TRACEBACK)
    return predicted(score.encode(), f'claim: {{"f1": {score}}}' if score[0].isdigit() else "no claim")


@dataclass(frozen=True)
class Told:
    texts: list[str]

    async def given(self) -> list[Instruction]:
        return [Instruction(number, text) for number, text in enumerate(self.texts, 1)]


@dataclass
class World:
    chat: ScriptedChat
    task: Task = field(default_factory=task)
    bench: ScriptedBench = field(default_factory=ScriptedBench)
    sandbox: ScriptedSandbox = field(default_factory=lambda: ScriptedSandbox(run_score))
    archive: MemoryArchive = field(default_factory=MemoryArchive)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    artifacts: MemoryArtifacts = field(default_factory=MemoryArtifacts)
    critic: Critic = field(default_factory=Silent)
    asks_person: bool = False
    at_once: int = 1
    minutes_left: Callable[[], float] = lambda: inf
    said: list[Any] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What people told the run so far."""

    def __post_init__(self) -> None:
        self.graph = build_graph().compile(checkpointer=InMemorySaver())
        self.config: Any = {"configurable": {"thread_id": "t"}}

    @property
    def context(self) -> Context:
        return Context(
            task=self.task,
            chat=self.chat,
            library=self.library,
            artifacts=self.artifacts,
            versions=self.archive,
            instructions=Told(self.told),
            bench=self.bench,
            sandbox=self.sandbox,
            critic=self.critic,
            asks_person=self.asks_person,
            at_once=self.at_once,
            minutes_left=self.minutes_left,
        )

    @property
    def runtime(self) -> Runtime[Context]:
        """For one node, called by hand."""
        return Runtime(context=self.context, stream_writer=self.said.append)

    async def run(self, given: Any = ...) -> State:
        """From the start to the end, or to where it waits; `given` goes on from there."""
        start = first_state(asks_person=self.asks_person) if given is ... else given
        await self.graph.ainvoke(start, self.config, context=self.context, durability="sync")
        return State(**(await self.snapshot()).values)

    async def snapshot(self) -> Any:
        return await self.graph.aget_state(self.config)

    @property
    def versions(self) -> dict[int, Any]:
        return self.archive.versions

    def source(self, version: int) -> str:
        return self.context.text(self.versions[version].source)


def world(
    more: Mapping[Key | str, str] | None = None, *, first: str = "0.5", iterations: int = 0, **values: Any
) -> World:
    return World(ScriptedChat(script(first, more)), task=task(iterations=iterations), **values)


def state(**values: Any) -> State:
    return State(**{**first_state(asks_person=False), **values})
