"""A dataset without data: folders by name, and a scorer that is a function."""

from collections.abc import Callable
from pathlib import Path

from graph.errors import PredictionsInvalid
from graph.values import Measurement, Split
from sandbox.base import Sandbox

UNITS = ("a", "b", "c", "d", "e")


def read_number(split: Split, predictions: bytes) -> Measurement:
    """Predictions that are a number score just that, on each of five units."""
    try:
        number = float(predictions)
    except ValueError as error:
        raise PredictionsInvalid(f"line 1: {predictions.decode()!r} is no number") from error
    return Measurement({"f1": number}, {unit: {"f1": number} for unit in UNITS})


class ScriptedBench:
    predictions_help = "the columns `unit,value`"

    def __init__(self, scorer: Callable[[Split, bytes], Measurement] = read_number, *, measured: bool = True) -> None:
        self.scorer = scorer
        self.measured = measured
        self.tunable = measured
        self.asked: list[Split] = []
        self.scored: list[tuple[Split, bytes]] = []

    async def profile(self, sandbox: Sandbox) -> str:
        return "five recordings"

    def units(self, split: Split) -> tuple[str, ...]:
        return UNITS if self.measured else ()

    async def inputs(self, split: Split, *, one: bool = False) -> Path:
        self.asked.append(split)
        return Path("/inputs/one" if one else "/inputs") / split

    async def score(self, split: Split, predictions: bytes) -> Measurement:
        self.scored.append((split, predictions))
        return self.scorer(split, predictions)
