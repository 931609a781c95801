"""Pairing predicted with true places, each at most once."""

from typing import Any

import numpy as np
from scipy import sparse

untyped: Any = sparse

# wfdb.processing.compare_annotations is one-to-one too, but not used: it fails on an empty side and leaves
# out pairs that could be had (true 10, 20 and predicted 18, 28 within 10 gives one pair, not two).


def match(true: Any, predicted: Any, tolerance: float) -> tuple[Any, Any]:
    """Positions in `true` and `predicted` (sorted, in samples) of the pairs at most `tolerance` apart.

    As many pairs as there can be, and among those choices one of least total distance: an assignment
    (Jonker and Volgenant, as scipy has it) in which each true place may also be given to nobody, dearly.
    """
    rows, columns = _near(true, predicted, tolerance)
    if not len(rows):
        return rows, columns
    used, columns = np.unique(columns, return_inverse=True)
    # scipy takes a cost of 0 as "no pair", so each costs 1 more than its distance.
    costs = np.abs(true[rows] - predicted[used[columns]]) + 1.0
    nobody = (tolerance + 2) * (len(true) + 1)
    everyone = np.arange(len(true))
    graph = untyped.csr_array(
        (
            np.append(costs, np.full(len(true), nobody)),
            (np.append(rows, everyone), np.append(columns, len(used) + everyone)),
        ),
        shape=(len(true), len(used) + len(true)),
    )
    rows, columns = untyped.csgraph.min_weight_full_bipartite_matching(graph)
    paired = columns < len(used)
    return rows[paired], used[columns[paired]]


def _near(true: Any, predicted: Any, tolerance: float) -> tuple[Any, Any]:
    """All positions (i, j) with true[i] and predicted[j] at most `tolerance` apart."""
    start = predicted.searchsorted(true - tolerance, "left")
    count = predicted.searchsorted(true + tolerance, "right") - start
    rows = np.repeat(np.arange(len(true)), count)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    return rows, np.repeat(start, count) + offset
