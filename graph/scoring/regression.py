"""Numbers: how far off they are."""

import asyncio
from typing import Any

from graph.errors import PredictionsInvalid
from graph.scoring.base import Truth
from graph.scoring.lines import quote
from graph.scoring.measures import measures
from graph.scoring.predictions import HELP, keys, parse
from graph.values import Direction, Measurement


class Regression:
    """`mae` and `rmse`, the mean absolute and the root mean squared error, in the unit of the values."""

    def __init__(self) -> None:
        self.name = "regression"
        self.metrics: dict[str, Direction] = {"mae": "minimize", "rmse": "minimize"}
        self.predictions_help = f"{HELP['values']} A missing row is an error."

    async def score(self, truth: Truth, predictions: bytes) -> Measurement:
        return await asyncio.to_thread(self._score, truth, predictions)

    def _score(self, truth: Truth, predictions: bytes) -> Measurement:
        rows = _answered(truth.frame, parse(predictions, truth))
        return Measurement(
            _metrics(rows["value"], rows["answer"]),
            _unit_metrics(rows["unit"], rows["answer"] - rows["value"]),
        )


def _answered(true: Any, predicted: Any) -> Any:
    """The true rows with a column `answer`."""
    answers = predicted.rename(columns={"value": "answer"})
    rows = true.merge(answers, on=keys(true), how="left")
    missing = rows[rows["answer"].isna()]
    if len(missing):
        raise PredictionsInvalid(_lacking(rows, missing))
    return rows


def _lacking(rows: Any, missing: Any) -> str:
    unit = missing["unit"].iloc[0]
    count = int((missing["unit"] == unit).sum())
    first = f", the first is index {missing['index'].iloc[0]}" if "index" in missing else ""
    others = missing["unit"].nunique() - 1
    more = f"; {others} more units lack rows" if others else ""
    return (
        f"unit {quote(unit)} lacks {count} of its {int((rows['unit'] == unit).sum())} rows{first}{more}; "
        "write a value for every row"
    )


def _metrics(true: Any, answer: Any) -> dict[str, float]:
    return {
        "mae": float(measures().mean_absolute_error(true, answer)),
        "rmse": float(measures().root_mean_squared_error(true, answer)),
    }


def _unit_metrics(units: Any, errors: Any) -> dict[str, dict[str, float]]:
    """By unit, all at once: scikit-learn takes half a minute for 10,000 units, one call each."""
    mae = errors.abs().groupby(units, sort=False).mean()
    rmse = (errors**2).groupby(units, sort=False).mean() ** 0.5
    return {unit: {"mae": float(mae[unit]), "rmse": float(rmse[unit])} for unit in mae.index}
