"""A made-up run with five versions, as a report is given it."""

from collections.abc import Sequence
from typing import Any

from app.db.tables import CallRow
from graph.task import Scoring
from graph.values import Version

SCORING = Scoring(scorer="r_peaks", metric="f1", direction="maximize", target=0.99)
TASK: dict[str, Any] = {
    "name": "Find R peaks",
    "target": "Find every heartbeat in a one-lead ECG.\nNoise and moving baselines are common.",
    "input": "One CSV per recording, 360 samples a second, in mV.",
    "output": "The sample index of each R peak.",
    "iterations": 4,
    "constraints": {"max_seconds": 60.0, "packages": ["torch==2.13.0"]},
}
SOURCE = '''"""Finds R peaks by a threshold."""

import argparse
import numpy as np


def peaks(signal: np.ndarray, rate: float = 360.0) -> list[int]:
    level = 0.6 * signal.max()  # the highest beat counts
    return [i for i in range(1, len(signal) - 1) if signal[i] > level and signal[i - 1] <= signal[i] > signal[i + 1]]
'''
DIFF = """--- before
+++ after
@@ -6,3 +6,4 @@
 def peaks(signal: np.ndarray, rate: float = 360.0) -> list[int]:
-    level = 0.6 * signal.max()  # the highest beat counts
+    filtered = bandpass(signal, 5, 15, rate)
+    level = 0.4 * np.percentile(filtered, 99)
     return [i for i in range(1, len(signal) - 1) if signal[i] > level]
"""
UNITS = '{"rec-a": {"f1": 0.998}, "rec-b": {"f1": 0.912}, "rec-c": {"f1": NaN}, "rec-d": {"f1": 0.97}}'
TEXTS = {"source": SOURCE, "diff": DIFF, "output": "stdout:\n```text\nclaim: {}\n```", "units": UNITS}


def text(reference: str) -> str:
    return TEXTS[reference]


def version(number: int, parent: int | None, idea: str, **values: Any) -> Version:
    given: dict[str, Any] = {
        "status": "ok",
        "source": "source",
        "diff": "diff" if parent else "",
        "output": "output",
        "seconds": 3.21,
        "peak_memory_mb": 143.0,
        "lines": 84,
    }
    return Version(version=number, parent=parent, idea=idea, **(given | values))


def numbers(f1: float, sensitivity: float, precision: float, error: float) -> dict[str, float]:
    return {"f1": f1, "sensitivity": sensitivity, "precision": precision, "median_error_ms": error}


def five() -> list[Version]:
    return [
        version(
            1,
            None,
            "Threshold at a share of the highest sample",
            validation=numbers(0.713, 0.802, 0.642, 9.4),
            claim={"f1": 0.9997},
            units="units",
            repairs=1,
        ),
        version(
            2,
            1,
            "Band-pass filter of 5 to 15 Hz, then an adaptive threshold with a refractory period",
            validation=numbers(0.942, 0.951, 0.9332, 5.6),
            claim={"f1": 0.95, "recall": 1.0},
            units="units",
        ),
        version(
            3,
            2,
            "Wavelet transform in place of the filter",
            status="failed",
            seconds=0.4,
            problem="exit code 1: ModuleNotFoundError: No module named 'pywt2'",
            repairs=2,
        ),
        version(
            4,
            2,
            "Search back for missed beats at half the threshold",
            units="units",
            validation=numbers(0.9884, 0.9921, 0.9847, 2.8),
            claim={"f1": 0.9884},
            lines=131,
        ),
        version(
            5,
            4,
            "Vote of three detectors",
            validation=numbers(0.981, 0.99, 0.9722, 2.8),
            seconds=24.9,
            claim={"f1": 0.999},
            lines=260,
            units="units",
        ),
    ]


def result(versions: Sequence[Version], best: int | None = None, **values: Any) -> dict[str, Any]:
    shown = ("version", "parent", "idea", "status", "validation", "claim", "seconds", "repairs")
    chosen = next((v for v in versions if v.version == best), None)
    return {
        "run": "find-r-peaks-1f2e3d",
        "status": "finished",
        "task": TASK,
        "dataset": {"name": "mitdb"},
        "measured": True,
        "best": chosen
        and {
            "version": chosen.version,
            "validation": chosen.validation,
            "test": numbers(0.991, 0.994, 0.988, 2.8),
            "test_problem": None,
            "claim": chosen.claim,
        },
        "versions": [{name: getattr(v, name) for name in shown} for v in versions],
        "usage": {
            "calls": 11,
            "input_tokens": 48_211,
            "output_tokens": 9_120,
            "bytes_sent": 192_000,
            "bytes_received": 31_400,
            "usd": None,
            "seconds": 271.4,
        },
        "replayed": False,
        "stopped_by": "iterations",
        "isolation": "docker",
        "notes": [],
    } | values


def call(node: str, status: str = "finished", **values: Any) -> CallRow:
    given: dict[str, Any] = {"input_tokens": 4000, "output_tokens": 700, "seconds": 6.5, "usd": None}
    return CallRow(run="r", kind="chat", node=node, iteration=0, item="", attempt=1, status=status, **(given | values))


CALLS = [
    call("terms"),
    call("design"),
    call("write_module"),
    call("write_module", "rejected"),
    call("improve"),
    call("improve", "failed", input_tokens=0, output_tokens=0),
]
