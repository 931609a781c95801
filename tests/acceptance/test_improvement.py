"""Whole jobs that improve a program by ideas of which some help, some hurt, and some are none."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.jobs import make_request, opened_jobs
from fakes.source import (
    DECIDE,
    DESIGN,
    IMPORTS,
    LINE,
    MAIN,
    MANUAL,
    READ,
    ScriptedSource,
    asked,
    block,
    edit,
    make_dataset,
    make_task,
)

from app.jobs.progress import nobody
from app.providers.ledger import Key
from graph.task import Task
from sandbox.process import ProcessSandbox

WORDS = '"high" if number > BORDER else "low"'
RETURN = f"    return [{WORDS} for number in numbers]"
IDEAS = {
    1: "IDEA: a much lower border\n" + edit(RETURN, RETURN.replace("BORDER", "BORDER - 2.5")),
    2: "IDEA: a border that is nearer\n" + edit("BORDER = 3.0", "BORDER = 4.0"),
    3: "IDEA: the same, told better\n" + edit("BORDER = 4.0", "# Of the scale from 0 to 10.\nBORDER = 4.0"),
    4: "IDEA: the border of the scale\n" + edit("BORDER = 4.0", "BORDER = 5.0"),
    5: "IDEA: the other way round\n" + edit(RETURN, RETURN.replace(">", "<")),
    6: "IDEA: a better number\n"
    + edit("    print('claim: {\"accuracy\": 0.99}')", "    print('claim: {\"accuracy\": 1.0}')"),
}
"""Two help (2 and 4), two hurt (1 and 5), one changes a comment (3), one only what the program says of itself (6)."""


def script() -> dict[Key, tuple[str, ...]]:
    replies = {
        asked("terms"): '{"terms": []}',
        asked("outline"): "Compare each number with a border.",
        asked("design"): json.dumps(DESIGN),
        asked("write_module", item="read_numbers"): block(
            "import csv\n\n\n" + READ.replace(LINE, LINE.replace("value", "x"))
        ),
        asked("write_module", item="decide"): block(DECIDE.replace("4.0", "3.0")),
        asked("integrate"): block(IMPORTS + MAIN),
        asked("document", item="1"): MANUAL,
    }
    replies |= {asked("improve", number): text for number, text in IDEAS.items()}
    return {key: (text,) for key, text in replies.items()}


Improve = Callable[..., Any]


@pytest.fixture
def improve(tmp_path: Path) -> Improve:
    """Runs the job; its result."""

    async def run(name: str = "one", **changes: Any) -> dict[str, Any]:
        folder = tmp_path / name
        folder.mkdir()
        # By fewer than five units nothing could be told.
        make_dataset(folder / "data", validation="cdehi")
        task = Task.model_validate(make_task(len(IDEAS)).model_dump(exclude_unset=True) | changes)
        request = replace(make_request(folder), task=task)
        async with opened_jobs(folder, ScriptedSource(script(), folder / "calls"), ProcessSandbox()) as jobs:
            run, _ = await jobs.submit(request)
            await jobs.run(run, nobody)
        return json.loads((request.out / "result.json").read_text(encoding="utf-8"))

    return run


@pytest.mark.parametrize("policy", ["linear", "tree"])
async def test_the_right_program_is_handed_over(improve: Improve, policy: str) -> None:
    result = await improve(search={"policy": policy, "drafts": 1})
    assert result["best"]["version"] == 5
    assert result["best"]["test"]["accuracy"] == 1.0
    made = {version["version"]: version for version in result["versions"]}
    assert [made[number]["parent"] for number in range(1, 8)] == [None, 1, 1, 3, 3, 5, 5]
    verdicts = {number: (one["against_parent"] or {}).get("verdict") for number, one in made.items()}
    tie = "not distinguishable"
    assert verdicts == {1: None, 2: "worse", 3: "better", 4: None, 5: "better", 6: "worse", 7: tie}
    # The one that differs by a comment was never run, and the one that only says more of itself gains nothing.
    assert (made[4]["status"], made[4]["seconds"]) == ("failed", 0.0)
    assert made[4]["problem"].endswith("it is the same as version 3")
    assert made[7]["claim"] == {"accuracy": 1.0}
    assert made[7]["validation"] == made[5]["validation"]
    assert result["drafts_alone"]["version"] == 1
    assert result["drafts_alone"]["test"]["accuracy"] == pytest.approx(0.8, abs=0.01)


async def test_the_same_again_gives_the_same_but_for_times(improve: Improve) -> None:
    first, second = [timeless(await improve(name)) for name in ("one", "two")]
    assert first == second


NEVER_TWICE = {"run", "seconds", "pace", "peak_memory_mb"}


def timeless(value: Any) -> Any:
    """Without what depends on the clock, the name of the run, and the machine's memory."""
    if isinstance(value, dict):
        return {name: timeless(one) for name, one in value.items() if name not in NEVER_TWICE}
    return [timeless(one) for one in value] if isinstance(value, list) else value


async def test_a_budget_of_ten_calls_ends_at_ten_with_a_document(improve: Improve, tmp_path: Path) -> None:
    result = await improve(budget={"calls": 10})
    assert (result["usage"]["calls"], result["stopped_by"]) == (10, "budget")
    assert result["best"]["version"] == 3
    assert "## Getting started" in (tmp_path / "one" / "out" / "README.md").read_text(encoding="utf-8")


async def test_a_target_that_is_reached_ends_it(improve: Improve) -> None:
    scoring = {"scorer": "classification", "metric": "accuracy", "direction": "maximize", "target": 0.85}
    result = await improve(scoring=scoring)
    assert (result["stopped_by"], result["best"]["version"], len(result["versions"])) == ("target", 3, 3)
