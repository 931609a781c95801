"""Classes: how many rows have the right one."""

import asyncio
from typing import Any

from graph.scoring.base import Truth
from graph.scoring.measures import measures
from graph.scoring.predictions import HELP, keys, parse
from graph.values import Direction, Measurement


class Classification:
    """`accuracy`, and `macro_f1`: the F1 of each class that occurs in the truth, averaged with equal weight.

    A row that is missing, or that has a label nobody knows, is wrong. Units with one class only get no
    `macro_f1` of their own.
    """

    def __init__(self) -> None:
        self.name = "classification"
        self.metrics: dict[str, Direction] = {"accuracy": "maximize", "macro_f1": "maximize"}
        self.predictions_help = HELP["labels"]

    async def score(self, truth: Truth, predictions: bytes) -> Measurement:
        return await asyncio.to_thread(self._score, truth, predictions)

    def _score(self, truth: Truth, predictions: bytes) -> Measurement:
        rows = _answered(truth.frame, parse(predictions, truth))
        accuracy = float((rows["label"] == rows["answer"]).mean())
        return Measurement({"accuracy": accuracy, "macro_f1": _macro_f1(rows)}, _unit_metrics(rows))


def _answered(true: Any, predicted: Any) -> Any:
    """The true rows with a column `answer`, which is empty where there is none that could be right."""
    answers = predicted.rename(columns={"label": "answer"})
    rows = true.merge(answers, on=keys(true), how="left")
    return rows.assign(answer=rows["answer"].where(rows["answer"].isin(rows["label"]), ""))


def _unit_metrics(rows: Any) -> dict[str, dict[str, float]]:
    accuracy = (rows["label"] == rows["answer"]).groupby(rows["unit"], sort=False).mean()
    units = {str(unit): {"accuracy": float(part)} for unit, part in accuracy.items()}
    classes = rows.groupby("unit")["label"].nunique()
    mixed = rows[rows["unit"].isin(classes.index[classes > 1])]
    for unit, part in mixed.groupby("unit", sort=False):
        units[str(unit)]["macro_f1"] = _macro_f1(part)
    return units


def _macro_f1(rows: Any) -> float:
    true, answer = rows["label"].to_numpy(dtype=object), rows["answer"].to_numpy(dtype=object)
    return float(measures().f1_score(true, answer, labels=sorted(set(true)), average="macro", zero_division=0))
