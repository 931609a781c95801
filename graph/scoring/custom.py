"""A scorer of the user's own: one Python file, run confined like a candidate program."""

import asyncio
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from graph.errors import PredictionsInvalid, ScorerRefused
from graph.scoring import scores
from graph.scoring.base import Kind, Truth
from graph.scoring.lines import last_line
from graph.scoring.predictions import HELP, parse, perfect, write
from graph.values import Direction, Measurement
from sandbox.base import ExecResult, Outcome, Program, Sandbox
from sandbox.limits import Limits

PREDICTIONS_INVALID = 3
"""The exit code by which a scorer says that the program is to blame; its last line on stderr says why."""


class CustomScorer:
    """Runs `python scorer.py -i INPUT -o OUTPUT` and reads `OUTPUT/scores.json`, see `graph.scoring.scores`.

    INPUT holds `predictions.csv` as the program wrote it, further columns included, but already found to
    keep the contract for its `kind`; `truth.csv` in the same columns; and `units.csv`, with all units in
    the column `unit`, and for `samples` their `rate` (Hz) and `length` (samples) as far as known.

    `score` also raises ScorerRefused: the scorer failed or wrote nonsense, or left `metric` out.
    """

    def __init__(
        self,
        source: str,
        *,
        sandbox: Sandbox,
        limits: Limits,
        kind: Kind,
        name: str = "custom",
        metric: str = "",
    ) -> None:
        self.name = name
        self.metrics: dict[str, Direction] = {}
        self.predictions_help = HELP[kind]
        self._source = source
        self._sandbox = sandbox
        self._limits = limits
        self._metric = metric

    async def score(self, truth: Truth, predictions: bytes) -> Measurement:
        await asyncio.to_thread(parse, predictions, truth)
        with _inputs(truth, predictions) as folder:
            result = await self._sandbox.run(Program(self._source, folder), self._limits)
        self._check(result)
        try:
            measurement = scores.read(result.files.get(scores.FILE), truth.units)
        except ValueError as error:
            raise ScorerRefused(f"{self.name}: {error}") from None
        if self._metric and self._metric not in measurement.metrics:
            raise ScorerRefused(f"{self.name}: {scores.FILE} lacks the metric {self._metric!r}")
        return measurement

    def _check(self, result: ExecResult) -> None:
        said = last_line(result.stderr)
        if result.outcome is Outcome.NONZERO_EXIT and result.exit_code == PREDICTIONS_INVALID:
            raise PredictionsInvalid(said or "the scorer does not accept predictions.csv, and does not say why")
        if not result.ok:
            raise ScorerRefused(f"{self.name} {self._ended(result)}" + (f": {said}" if said else ""))

    def _ended(self, result: ExecResult) -> str:
        match result.outcome:
            case Outcome.TIMEOUT:
                return f"was stopped after {self._limits.seconds:g} s"
            case Outcome.OOM:
                return f"needed more than {self._limits.memory_mb} MB of memory"
            case _:
                return f"ended with code {result.exit_code}"


@contextmanager
def _inputs(truth: Truth, predictions: bytes) -> Generator[Path]:
    """A folder that any user may read: the scorer may run under another one."""
    units = pd.DataFrame({"unit": truth.units})
    if truth.kind == "samples":
        units["rate"] = [truth.rates.get(unit) for unit in truth.units]
        units["length"] = pd.array([truth.lengths.get(unit) for unit in truth.units], dtype="Int64")
    with tempfile.TemporaryDirectory(prefix="autoiot-scorer-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        texts = {"predictions.csv": predictions, "truth.csv": perfect(truth), "units.csv": write(units)}
        for file, text in texts.items():
            (folder / file).write_bytes(text)
            (folder / file).chmod(0o644)
        yield folder
