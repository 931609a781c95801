"""One suite for every scorer."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from graph.errors import PredictionsInvalid, ScorerRefused
from graph.scoring.base import Scorer, Truth
from graph.scoring.classification import Classification
from graph.scoring.custom import CustomScorer
from graph.scoring.predictions import perfect, write
from graph.scoring.r_peaks import RPeaks
from graph.scoring.regression import Regression
from graph.scoring.self_test import self_test
from graph.scoring.unskilled import unskilled
from graph.values import Direction
from sandbox.limits import Limits
from sandbox.process import ProcessSandbox

UNITS = ("100", "007")
SOURCE = """
import csv, json, sys
_, _, inputs, _, output = sys.argv

def read(name):
    with open(f"{inputs}/{name}", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]

truth, answers, units = (read(name) for name in ("truth.csv", "predictions.csv", "units.csv"))
if len(answers) > len(truth):
    sys.exit(print("more rows than there are windows", file=sys.stderr) or 3)

def right(rows):
    return len(set(rows) & set(answers)) / len(rows)

scores = {
    "metrics": {"right": right(truth)},
    "units": {unit: {"right": right([row for row in truth if row[0] == unit])} for unit, in units},
}
with open(f"{output}/scores.json", "w") as file:
    json.dump(scores, file)
"""


@dataclass(frozen=True)
class Case:
    scorer: Scorer
    truth: Truth
    metric: str
    direction: Direction


def case(name: str) -> Case:
    places = np.arange(100, 20_000, 290)
    unit, index = np.repeat(UNITS, 12), np.tile(np.arange(12), 2)
    labels = Truth(
        "labels", pd.DataFrame({"unit": unit, "index": index, "label": np.tile(["x", "y, z", "1"], 8)}), UNITS
    )
    match name:
        case "r_peaks":
            frame = pd.DataFrame({"unit": np.repeat(UNITS, len(places)), "sample": np.tile(places, 2)})
            truth = Truth("samples", frame, UNITS, dict.fromkeys(UNITS, 360.0), dict.fromkeys(UNITS, 20_000))
            return Case(RPeaks(), truth, "f1", "maximize")
        case "classification":
            return Case(Classification(), labels, "accuracy", "maximize")
        case "regression":
            values = pd.DataFrame({"unit": unit, "index": index, "value": np.linspace(-1, 2, 24)})
            return Case(Regression(), Truth("values", values, UNITS), "mae", "minimize")
        case _:
            custom = CustomScorer(
                SOURCE, sandbox=ProcessSandbox(), limits=Limits(seconds=60), kind="labels", metric="right"
            )
            return Case(custom, labels, "right", "maximize")


@pytest.fixture(params=["r_peaks", "classification", "regression", "custom"])
def scored(request: pytest.FixtureRequest) -> Case:
    return case(request.param)


async def test_perfect_is_best(scored: Case) -> None:
    best = (await scored.scorer.score(scored.truth, perfect(scored.truth))).metrics[scored.metric]
    assert best == pytest.approx(1.0 if scored.direction == "maximize" else 0.0)
    for bad in unskilled(scored.truth):
        try:
            value = (await scored.scorer.score(scored.truth, write(bad.frame))).metrics[scored.metric]
        except PredictionsInvalid:
            continue
        assert value < best if scored.direction == "maximize" else value > best


async def test_every_unit_is_reported(scored: Case) -> None:
    measured = await scored.scorer.score(scored.truth, perfect(scored.truth))
    assert set(measured.units) == set(UNITS)
    assert all(
        unit[scored.metric] == pytest.approx(measured.metrics[scored.metric]) for unit in measured.units.values()
    )
    assert set(scored.scorer.metrics) <= set(measured.metrics)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"",
        lambda text: text.replace(b"unit,", b"name,"),
        lambda text: text.replace(b"007", b"7"),
        lambda text: text + text.splitlines()[-1],
        lambda text: text + b"100,-1,x,y\n",
        lambda text: text + b"\xff",
        lambda text: text + b"\0",
    ],
)
async def test_a_spoiled_file_is_refused_with_one_line(scored: Case, spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(PredictionsInvalid) as refused:
        await scored.scorer.score(scored.truth, spoil(perfect(scored.truth)))
    assert len(str(refused.value).splitlines()) == 1


async def test_the_order_of_rows_does_not_matter(scored: Case) -> None:
    shuffled = scored.truth.frame.sample(frac=1, random_state=0)
    assert await scored.scorer.score(scored.truth, write(shuffled)) == await scored.scorer.score(
        scored.truth, perfect(scored.truth)
    )


async def test_the_self_test_passes(scored: Case) -> None:
    await self_test(scored.scorer, scored.truth, scored.metric, scored.direction)


async def test_the_self_test_refuses_the_wrong_way(scored: Case) -> None:
    other: Direction = "minimize" if scored.direction == "maximize" else "maximize"
    with pytest.raises(ScorerRefused):
        await self_test(scored.scorer, scored.truth, scored.metric, other)


async def test_it_tells_what_a_file_has_to_hold(scored: Case) -> None:
    for column in scored.truth.frame.columns:
        assert column in scored.scorer.predictions_help
