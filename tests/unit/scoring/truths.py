"""Small truths to score against."""

import numpy as np
import pandas as pd

from graph.scoring.base import Truth


def beats(places: dict[str, list[int]], rate: float = 100.0, length: int = 1000) -> Truth:
    """At 100 Hz, so that a tolerance of 100 ms is 10 samples."""
    rows = [(unit, sample) for unit, samples in places.items() for sample in samples]
    frame = pd.DataFrame(rows, columns=["unit", "sample"])
    return Truth("samples", frame, tuple(places), dict.fromkeys(places, rate), dict.fromkeys(places, length))


def rhythm(bpm: float, seconds: int = 60, rate: float = 360.0) -> Truth:
    random = np.random.default_rng(1)
    intervals = rate * 60 / bpm * (1 + 0.05 * random.standard_normal(int(seconds * bpm / 60) - 2))
    places = [int(place) for place in np.cumsum(intervals)]
    return beats({"100": places, "007": places[:-3]}, rate, int(seconds * rate * 1.2))


def classes(answers: dict[str, list[str]]) -> Truth:
    rows = [(unit, index, label) for unit, labels in answers.items() for index, label in enumerate(labels)]
    return Truth("labels", pd.DataFrame(rows, columns=["unit", "index", "label"]), tuple(answers))


def numbers(answers: dict[str, list[float]]) -> Truth:
    rows = [(unit, index, value) for unit, values in answers.items() for index, value in enumerate(values)]
    return Truth("values", pd.DataFrame(rows, columns=["unit", "index", "value"]), tuple(answers))
