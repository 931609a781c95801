"""`autoiot score`: reproduces a reported number."""

import asyncio
import json
import tempfile
from dataclasses import dataclass
from math import isclose, nan
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.backends import CHOICES, known_sandbox
from app.cli.progress import number
from app.datasets.bench import Bench
from app.datasets.truth import truth_kind
from app.db.plain import finite
from app.jobs.description import find_description
from app.jobs.preparation import limits_for, open_checked_dataset, open_task_scorer
from app.jobs.standalone import scoring_beside
from app.jobs.taskfile import parse_task, read_task
from app.settings import read_settings
from app.wiring import open_confinement
from graph.errors import DatasetInvalid, PredictionsInvalid, TaskInvalid
from graph.executions import PREDICTIONS, describe
from graph.task import Constraints, Scoring
from graph.values import Measurement
from sandbox.base import Program, Sandbox
from sandbox.registry import AUTO

NO_SCORE = 1
SHOWN = 40
"""Units in the table: of more, nobody reads them there."""
DEFAULTS = {
    "samples": Scoring(scorer="r_peaks", metric="f1", direction="maximize"),
    "labels": Scoring(scorer="classification", metric="macro_f1", direction="maximize"),
    "values": Scoring(scorer="regression", metric="mae", direction="minimize"),
}


@dataclass(frozen=True)
class Terms:
    """How a program is scored, and where that is written."""

    scoring: Scoring | None
    constraints: Constraints
    base: Path


def score(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM", help="The program, e.g. program.py of a result.")],
    dataset: Annotated[Path, typer.Option(help="The folder with the data.")],
    split: Annotated[Literal["validation", "test"], typer.Option(help="The units to predict.")] = "test",
    task: Annotated[Path | None, typer.Option(help="A task file: its scoring counts.")] = None,
    description: Annotated[Path | None, typer.Option(help="A dataset.yaml that lies elsewhere.")] = None,
    sandbox: Annotated[str | None, typer.Option(help=f"{CHOICES} (default: AUTOIOT_SANDBOX, else {AUTO})")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The metrics as JSON, also per unit.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Compare with the result.json beside PROGRAM.")] = False,
) -> None:
    """Run PROGRAM on one split of a dataset and measure its predictions.

    The scoring is that of --task, else of the result.json beside PROGRAM, else the usual one for such labels.
    Exit code 1: the program failed, its predictions cannot be scored, or --check finds another score than was
    reported; 2: something else to put right.
    """
    console = Console(highlight=False)
    try:
        expected, spread = reported(program, split) if check else ({}, 0.0)
        measurement = asyncio.run(measure(program, dataset, split, task, description, sandbox))
    except ProgramFailed as error:
        Console(stderr=True).print(f"autoiot: the program failed: {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(NO_SCORE) from error
    if as_json:
        print(json.dumps(finite({"split": split, "metrics": measurement.metrics, "units": measurement.units})))  # noqa: T201
    else:
        console.print(measurement_table(measurement, split))
    if check:
        tell_difference(measurement.metrics, expected, spread)


def tell_difference(metrics: dict[str, float], expected: dict[str, float], spread: float) -> None:
    """Says whether they are the same; raises typer.Exit where they are not.

    Of a program that is random, `spread` over its runs is known: a run may be three of these away.
    """
    console = Console(stderr=True, highlight=False)
    far = 3 * spread
    others = [
        n for n, number in expected.items() if not isclose(metrics.get(n, nan), number, rel_tol=1e-9, abs_tol=far)
    ]
    if not others:
        console.print(
            f"Within {far:.2g} of what was reported: the program is random." if far else "The same as was reported."
        )
        return
    for name in others:
        console.print(f"autoiot: {name}: {metrics.get(name)}, but {expected[name]} was reported", soft_wrap=True)
    raise typer.Exit(NO_SCORE)


def reported(program: Path, split: str) -> tuple[dict[str, float], float]:
    """The metrics in the result.json beside the program, and how they vary. Raises TaskInvalid when it has none."""
    file = program.resolve().parent / "result.json"
    try:
        best = json.loads(file.read_text(encoding="utf-8"))["best"]
        numbers = {name: float(number) for name, number in best[split].items() if number is not None}
        spread = float(best.get("test_spread") or 0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TaskInvalid(f"{file}: no {split} score to compare with") from error
    return numbers, spread


class ProgramFailed(Exception):
    """The program that was to be scored failed."""


async def measure(
    program: Path,
    folder: Path,
    split: Any,
    task: Path | None,
    description: Path | None,
    sandbox_name: str | None,
) -> Measurement:
    source = read_program(program)
    settings = read_settings()
    terms = read_terms(program, task)
    found = find_description(folder, task or program, description) or beside(program)
    sandbox = open_confinement(settings, known_sandbox(sandbox_name or settings.sandbox), terms.constraints)
    try:
        return await measure_in(sandbox, source, terms, folder, split, found)
    finally:
        await sandbox.close()


async def measure_in(
    sandbox: Sandbox, source: str, terms: Terms, folder: Path, split: Any, found: Path | None
) -> Measurement:
    dataset, _ = open_checked_dataset(folder, found, sandbox)
    if not dataset.measured:
        raise DatasetInvalid(f"{folder}: no dataset.yaml, so there are no labels to measure with; pass --description")
    limits = limits_for(terms.constraints)
    scoring = terms.scoring or DEFAULTS[truth_kind(dataset)]
    scorer = open_task_scorer(scoring, dataset, terms.base, sandbox, limits)
    with tempfile.TemporaryDirectory(prefix="autoiot-score-") as root:
        bench = Bench(dataset, scorer, Path(root) / "inputs")
        result = await sandbox.run(Program(source, await bench.inputs(split)), limits)
        if not result.ok or PREDICTIONS not in result.files:
            raise ProgramFailed(describe(result))
        try:
            return await bench.score(split, result.files[PREDICTIONS])
        except PredictionsInvalid as error:
            raise ProgramFailed(f"{PREDICTIONS} cannot be scored: {error}") from error


def read_program(program: Path) -> str:
    try:
        return program.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TaskInvalid(f"{program}: {getattr(error, 'strerror', None) or 'not a UTF-8 text file'}") from error


def read_terms(program: Path, task_file: Path | None) -> Terms:
    if task_file:
        task = read_task(task_file)
        return Terms(task.scoring, task.constraints, task_file.resolve().parent)
    result = program.resolve().parent / "result.json"
    if result.is_file():
        try:
            task = parse_task(json.loads(result.read_text(encoding="utf-8"))["task"], str(result))
        except (ValueError, KeyError, TypeError) as error:
            raise TaskInvalid(f"{result}: not a result of AutoIOT; pass --task") from error
        return Terms(scoring_beside(task.scoring, result.parent), task.constraints, result.parent)
    return Terms(None, Constraints(), program.resolve().parent)


def beside(program: Path) -> Path | None:
    file = program.resolve().parent / "dataset.yaml"
    return file if file.is_file() else None


def measurement_table(measurement: Measurement, split: str) -> Table:
    names = list(measurement.metrics)
    table = Table(title=f"measured on {split}", title_justify="left")
    for name in ("", *names):
        table.add_column(name, justify="left" if not name else "right")
    shown = list(measurement.units.items())[:SHOWN]
    for unit, metrics in shown:
        table.add_row(escape(unit), *(number(metrics.get(name)) for name in names))
    if left := len(measurement.units) - len(shown):
        table.add_row(f"and {left} more: --json", *("" for _ in names))
    table.add_section()
    table.add_row("all", *(number(measurement.metrics[name]) for name in names))
    return table
