"""A source of scripted replies that keeps account outside the process, and a tiny job that it can carry through."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from langchain_core.messages import BaseMessage

from app.jobs.taskfile import parse_task
from app.providers.ledger import Key, Reply
from app.providers.source import Books
from graph.errors import RecordingMiss
from graph.ports import Tool
from graph.task import Task

Script = Mapping[Key, tuple[str, ...]]
"""What is answered to a call the first time, the second time, ...; the last reply stays."""


def nothing(_: Key) -> None:
    """Nothing happens beside the call."""


@dataclass(frozen=True)
class ScriptedSource:
    script: Script
    calls: Path
    """One line for each call that was really answered: what a bill would say, also after kill -9."""
    before: Callable[[Key], None] = field(default=nothing)
    after: Callable[[Key], None] = field(default=nothing)

    async def chat(self, key: Key, messages: list[BaseMessage], tools: Sequence[Tool] = ()) -> Reply:
        sent = sum(len(message.text) for message in messages)
        text = self._answer(key)
        return Reply(text, "scripted", sent // 4, len(text) // 4)

    async def search(self, key: Key, term: str, books: Books) -> Reply:
        return Reply(self._answer(key), outside=False)

    async def embed(self, key: Key, texts: list[str]) -> Reply:
        return Reply(self._answer(key))

    def _answer(self, key: Key) -> str:
        self.before(key)
        if key not in self.script:
            raise RecordingMiss(f"the script has no {key}")
        asked = answered(self.calls).count(key)
        replies = self.script[key]
        append(self.calls, json.dumps([key.kind, key.node, key.iteration, key.item]))
        self.after(key)
        return replies[min(asked, len(replies) - 1)]


def append(file: Path, line: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def answered(file: Path) -> list[Key]:
    """The calls that were answered, in order."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [Key(*json.loads(line)) for line in lines]


# A job that a person could do in their head: is a number high or low? The border is at 5.

DESCRIPTION = """\
name: numbers
inputs: ["*.csv"]
labels: {kind: column, column: label}
split: {train: [a, b], validation: [VALIDATION], test: [f, g]}
"""


def make_dataset(folder: Path, rows: int = 40, validation: str = "cde") -> Path:
    folder.mkdir(parents=True)
    (folder / "dataset.yaml").write_text(DESCRIPTION.replace("VALIDATION", ", ".join(validation)))
    for place, unit in enumerate(f"ab{validation}fg"):
        numbers = [(7 * row + 3 * place) % 10 + 0.5 for row in range(rows + place)]
        lines = [f"{number},{'high' if number > 5 else 'low'}\n" for number in numbers]
        (folder / f"{unit}.csv").write_text("".join(["x,label\n", *lines]))
    return folder


def make_task(iterations: int = 3) -> Task:
    return parse_task(
        {
            "name": "numbers",
            "target": "Say of each number whether it is high or low.",
            "input": "CSV files with a column x.",
            "output": "predictions.csv with a label for each row.",
            "scoring": {"scorer": "classification", "metric": "accuracy", "direction": "maximize"},
            "iterations": iterations,
            "search": {"policy": "linear"},
            "constraints": {"max_seconds": 20},
        },
        "task",
    )


READ = '''\
def read_numbers(path: str) -> list[float]:
    """The numbers of one file."""
    with open(path, newline="") as file:
        return [float(row["value"]) for row in csv.DictReader(file)]
'''
LINE = READ.splitlines()[-1]
DECIDE = '''\
BORDER = 4.0


def decide(numbers: list[float]) -> list[str]:
    """A label for each number."""
    return ["high" if number > BORDER else "low" for number in numbers]
'''
MAIN = """\
def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", required=True)
    parser.add_argument("-o", required=True)
    given = parser.parse_args()
    folder = os.path.join(given.i, "unlabelled")
    with open(os.path.join(given.o, "predictions.csv"), "w") as file:
        file.write("unit,index,label\\n")
        for name in sorted(os.listdir(folder)):
            labels = decide(read_numbers(os.path.join(folder, name)))
            file.writelines(f"{name[:-4]},{place},{label}\\n" for place, label in enumerate(labels))
    print('claim: {"accuracy": 0.99}')
"""
IMPORTS = "import argparse\nimport csv\nimport os\n\n\n"
WHOLE = (
    '"""Tell high numbers from low ones.\n\nBy a border.\n"""\n\n'
    + IMPORTS
    + READ.replace('"value"', '"x"')
    + "\n\n"
    + DECIDE.replace("4.0", "5.0  # Of the scale from 0 to 10.\n\nSTEP = 1.0")
    + "\n\n"
    + MAIN
    + '\n\nif __name__ == "__main__":\n    main()\n'
)
MANUAL = """\
## Introduction
It tells high numbers from low ones.

## Getting started
```sh
python -m venv .venv
.venv/bin/python program.py -i data -o results
```

## Explanation
It compares with a border.

## FAQ
None yet.
"""
TERMS = {"terms": [{"term": "border", "meaning": "where high begins"}, {"term": "scale"}]}
DESIGN = {
    "summary": "Compare each number with a border.",
    "modules": [
        {"signature": "def read_numbers(path: str) -> list[float]", "does": "reads the column x of a file"},
        {"signature": "def decide(numbers: list[float]) -> list[str]", "does": "labels each number"},
    ],
    "main": "reads each file and writes predictions.csv",
}


def block(source: str) -> str:
    return f"```python\n{source}```\n"


def edit(search: str, replacement: str) -> str:
    return f"<<<<<<< SEARCH\n{search}\n=======\n{replacement}\n>>>>>>> REPLACE\n"


def found(title: str) -> str:
    return json.dumps([{"title": title, "source": f"{title}.md", "text": f"The {title} goes from 0 to 10."}])


def asked(node: str, iteration: int = 0, item: str = "") -> Key:
    return Key("chat", node, iteration, item)


def make_script() -> dict[Key, tuple[str, ...]]:
    """The first program fails and is repaired; version 2 is worse, 3 is best, 4 (whose edit misses) no better."""
    improvements = {
        1: "IDEA: a lower border\n" + edit("BORDER = 4.0", "BORDER = 2.0"),
        2: "IDEA: the border of the scale\n" + edit("BORDER = 4.0", "BORDER = 5.0"),
        3: "IDEA: name the step\n" + edit("BORDER = 9.0", "BORDER = 5.0"),
    }
    replies = {
        asked("terms"): json.dumps(TERMS),
        Key("search", "search", 0, "border: where high begins"): found("border"),
        Key("search", "search", 0, "scale"): found("scale"),
        asked("outline"): "Compare each number with a border.",
        asked("design"): json.dumps(DESIGN),
        asked("write_module", item="read_numbers"): block("import csv\n\n\n" + READ),
        asked("write_module", item="decide"): block(DECIDE),
        asked("integrate"): block(IMPORTS + MAIN),
        asked("debug", item="1"): edit(LINE, LINE.replace("value", "x")),
        asked("debug", 3, "1"): block(WHOLE),
        asked("document", item="1"): MANUAL,
    }
    replies |= {asked("improve", number): text for number, text in improvements.items()}
    return {key: (text,) for key, text in replies.items()}


def script_of(program: str, module: str, improvements: list[str], signature: str) -> dict[Key, tuple[str, ...]]:
    """A job whose first program is `program`, with `module` as a function in it, and other programs after it."""
    design = {
        "summary": "As it stands.",
        "modules": [{"signature": signature, "does": f"all that {module} does"}],
        "main": "as it stands",
    }
    replies = {
        asked("terms"): '{"terms": []}',
        asked("outline"): "As it stands.",
        asked("design"): json.dumps(design),
        # The assembly takes each text once, so both may be the whole file.
        asked("write_module", item=module): block(program),
        asked("integrate"): block(program),
        asked("document", item="1"): MANUAL,
    }
    for number, text in enumerate(improvements, 1):
        replies[asked("improve", number)] = f"IDEA: another program, the {number}.\n{block(text)}"
    return {key: (text,) for key, text in replies.items()}
