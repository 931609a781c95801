from dataclasses import dataclass, replace

import pandas as pd
import pytest

from app.jobs.trials import MOST, Trials
from graph.errors import ScorerRefused
from graph.scoring.base import Truth
from graph.scoring.classification import Classification
from graph.task import Scoring
from graph.values import Measurement

SCORING = Scoring(scorer="classification", metric="accuracy", direction="maximize")


@dataclass
class Counted(Classification):
    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    async def score(self, truth: Truth, predictions: bytes) -> Measurement:
        self.times += 1
        return await super().score(truth, predictions)


def labels(*given: str) -> Truth:
    frame = pd.DataFrame({"unit": "a", "index": range(len(given)), "label": given})
    return Truth("labels", frame, ("a",))


async def test_the_same_scorer_is_tried_on_the_same_labels_once() -> None:
    scorer, trials = Counted(), Trials()
    await trials.hold(scorer, labels("x", "y", "x"), SCORING)
    times = scorer.times
    await trials.hold(scorer, labels("x", "y", "x"), SCORING)
    assert scorer.times == times > 0


@pytest.mark.parametrize(
    ("truth", "scoring"),
    [
        (labels("x", "y", "y"), SCORING),
        (replace(labels("x", "y", "x"), units=("a", "b")), SCORING),
        (labels("x", "y", "x"), SCORING.model_copy(update={"metric": "macro_f1"})),
        (labels("x", "y", "x"), SCORING.model_copy(update={"scorer": "mine.py"})),
    ],
    ids=["labels", "units", "metric", "scorer"],
)
async def test_other_labels_and_another_scorer_are_tried_anew(truth: Truth, scoring: Scoring) -> None:
    scorer, trials = Counted(), Trials()
    await trials.hold(scorer, labels("x", "y", "x"), SCORING)
    times = scorer.times
    await trials.hold(scorer, truth, scoring)
    assert scorer.times > times


async def test_a_scorer_of_the_users_own_is_always_tried_and_a_failure_is_not_remembered() -> None:
    scorer, trials = Counted(), Trials()
    mine = SCORING.model_copy(update={"scorer": "mine.py"})
    for _ in range(2):
        before = scorer.times
        await trials.hold(scorer, labels("x", "y", "x"), mine)
        assert scorer.times > before
        with pytest.raises(ScorerRefused):
            await trials.hold(scorer, labels("x", "x", "x"), SCORING)
    assert not trials.passed


async def test_only_the_last_ones_are_remembered() -> None:
    trials = Trials(dict.fromkeys(map(str, range(MOST))))
    await trials.hold(Counted(), labels("x", "y", "x"), SCORING)
    assert len(trials.passed) == MOST
    assert "0" not in trials.passed
