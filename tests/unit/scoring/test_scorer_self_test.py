from collections.abc import Callable

import pytest
from truths import beats, classes, numbers, rhythm

from graph.errors import PredictionsInvalid, ScorerRefused
from graph.scoring.base import Scorer, Truth
from graph.scoring.classification import Classification
from graph.scoring.predictions import parse
from graph.scoring.r_peaks import RPeaks
from graph.scoring.regression import Regression
from graph.scoring.self_test import self_test
from graph.scoring.unskilled import unskilled
from graph.values import Direction, Measurement

SKEWED = classes({"a": ["WALKING"] * 91 + ["SEATED"] * 9})
EVEN = classes({"a": ["x", "y"] * 10, "b": ["y", "x"] * 10})


class Fixed:
    """A scorer of one metric, computed by a function."""

    name = "fixed"
    predictions_help = ""

    def __init__(self, measure: Callable[[Truth, bytes], float]) -> None:
        self.metrics: dict[str, Direction] = {}
        self._measure = measure

    async def score(self, truth: Truth, predictions: bytes) -> Measurement:
        return Measurement({"m": self._measure(truth, predictions)})


async def refusal(scorer: Scorer, truth: Truth, metric: str, direction: Direction) -> str:
    with pytest.raises(ScorerRefused) as refused:
        await self_test(scorer, truth, metric, direction)
    assert len(str(refused.value).splitlines()) == 1
    return str(refused.value)


@pytest.mark.parametrize("bpm", [50, 75, 150, 190])
async def test_f1_of_beats_passes_up_to_fast_hearts(bpm: float) -> None:
    await self_test(RPeaks(100), rhythm(bpm), "f1", "maximize")


@pytest.mark.parametrize("bpm", [50, 150])
async def test_beat_metrics_that_can_be_had_cheaply_are_refused(bpm: float) -> None:
    truth = rhythm(bpm)
    assert await refusal(RPeaks(100), truth, "sensitivity", "maximize") == (
        "a row every 200 ms gets sensitivity 1, the true labels get 1: choose f1"
    )
    said = await refusal(RPeaks(100), truth, "precision", "maximize")
    assert said.startswith("giving every tenth true row only gets precision 1,")
    said = await refusal(RPeaks(100), truth, "median_error_ms", "minimize")
    assert said.startswith("giving every tenth true row only gets median_error_ms 0,")


async def test_beats_too_dense_for_the_tolerance_are_refused() -> None:
    assert "tolerance_ms" in await refusal(RPeaks(100), rhythm(290), "f1", "maximize")
    await self_test(RPeaks(20), rhythm(290), "f1", "maximize")


async def test_accuracy_needs_even_classes() -> None:
    assert await refusal(Classification(), SKEWED, "accuracy", "maximize") == (
        "always answering 'WALKING' gets accuracy 0.91, the true labels get 1: choose macro_f1"
    )
    await self_test(Classification(), SKEWED, "macro_f1", "maximize")
    await self_test(Classification(), EVEN, "accuracy", "maximize")


@pytest.mark.parametrize("metric", ["mae", "rmse"])
async def test_errors_of_values_pass(metric: str) -> None:
    await self_test(Regression(), numbers({"a": [1.0, 2.0], "b": [5.0]}), metric, "minimize")


async def test_two_rows_are_enough() -> None:
    for _ in range(3):
        await self_test(Classification(), classes({"a": ["x"], "b": ["y"]}), "accuracy", "maximize")
    await self_test(RPeaks(), beats({"a": [100, 300]}), "f1", "maximize")


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        (classes({"a": []}), "a split has no labels"),
        (beats({"a": []}), "a split has no labels"),
        (classes({"a": ["x", "x"]}), "all labels of a split are 'x'"),
        (numbers({"a": [1.5], "b": [1.5]}), "all labels of a split are '1.5'"),
    ],
)
async def test_a_truth_without_variety_is_refused(truth: Truth, message: str) -> None:
    assert message in await refusal(Fixed(lambda *_: 1.0), truth, "m", "maximize")


async def test_one_lone_peak_without_a_length_is_too_little() -> None:
    truth = Truth("samples", beats({"a": [5]}).frame, ("a",))
    right = Fixed(lambda truth, data: len(parse(data, truth)))
    assert "too few" in await refusal(right, truth, "m", "maximize")


async def test_a_metric_that_likes_nonsense_is_refused() -> None:
    rows = Fixed(lambda truth, data: float(len(parse(data, truth))))
    assert "gets m 40" in await refusal(rows, EVEN, "m", "maximize")
    same = Fixed(lambda *_: 0.0)
    assert "gets m 0" in await refusal(same, EVEN, "m", "minimize")
    assert "gets m 0" in await refusal(same, EVEN, "m", "maximize")


async def test_the_true_labels_have_to_be_scored() -> None:
    def refuse(truth: Truth, data: bytes) -> float:
        raise PredictionsInvalid("line 1: no")

    assert "does not accept the true labels: line 1: no" in await refusal(Fixed(refuse), EVEN, "m", "maximize")
    assert "get m nan" in await refusal(Fixed(lambda *_: float("nan")), EVEN, "m", "maximize")
    assert "does not measure 'f': choose m" in await refusal(Fixed(lambda *_: 1.0), EVEN, "f", "maximize")


@pytest.mark.parametrize("truth", [EVEN, SKEWED, rhythm(70), numbers({"a": [1.0, 2.0, 4.0]})])
def test_unskilled_predictions_keep_the_contract(truth: Truth) -> None:
    made = unskilled(truth)
    assert len({bad.what for bad in made}) == len(made) >= 3
    for bad in made:
        parse(bad.frame.to_csv(index=False).encode(), truth)
        assert not bad.frame.reset_index(drop=True).equals(truth.frame)
