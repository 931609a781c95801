"""The tables of the page: cells as text, ready to be put down."""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.report.numbers import MISSING, difference, duration, entry, is_finite, listed, shown, signed, unless_zero
from graph.comparison import Comparison
from graph.task import Scoring
from graph.values import Version

QUALITY = ("bugs", "security", "smells", "complexity")
MOST_COLUMNS = 6
"""Of metrics: a program may claim as many as it likes."""


@dataclass(frozen=True)
class Score:
    measured: str
    claim: str = ""
    difference: str = ""


@dataclass(frozen=True)
class Candidate:
    version: Version
    chosen: bool
    scores: list[Score]
    seconds: str
    pace: str
    """How much of it for a unit, where a second run has told."""
    memory: str
    gpu_memory: str
    lines: str
    quality: list[str]
    """Bugs, security findings, smells, ways through the most complex function."""
    verdicts: list[tuple[str, str]]
    """How it compares with the one that it was made from, and with the chosen one; and by how much."""
    other_claims: str
    """Of metrics that have no column."""


@dataclass(frozen=True)
class Units:
    names: list[str]
    rows: list[tuple[str, list[str]]]
    """The unit and its metrics, worst first."""


def metric_names(versions: list[Version], scoring: Scoring | None, *, measured: bool) -> list[str]:
    """The one that counts, then the others that there are numbers for."""
    numbers = [(version.validation or {}) if measured else version.claim for version in versions]
    first = [scoring.metric] if scoring else []
    return _distinct([*first, *(name for values in numbers for name in values)])[:MOST_COLUMNS]


def candidates(
    versions: list[Version], names: list[str], chosen: int | None, told: list[dict[str, Any]]
) -> list[Candidate]:
    """`told`: what the result says of each version."""
    against = {row["version"]: row.get("against_best") for row in told}
    return [_candidate(version, names, chosen, against.get(version.version)) for version in versions]


def _candidate(version: Version, names: list[str], best: int | None, against_best: dict[str, Any] | None) -> Candidate:
    return Candidate(
        version=version,
        chosen=version.version == best,
        scores=[_score(version, name) for name in names],
        seconds=unless_zero(version.seconds),
        pace=f"{duration(version.pace['per_unit'])} a unit" if version.pace else "",
        memory=unless_zero(version.peak_memory_mb, 0),
        gpu_memory=unless_zero(version.peak_gpu_mb or 0.0, 0),
        lines=unless_zero(version.lines, 0),
        quality=[str(version.quality[name]) if version.quality else MISSING for name in QUALITY],
        verdicts=verdicts(version, against_best, best),
        other_claims=listed({name: value for name, value in version.claim.items() if name not in names}),
    )


def verdicts(version: Version, against_best: dict[str, Any] | None, best: int | None) -> list[tuple[str, str]]:
    others = {version.parent: version.against_parent, best: against_best}
    compared = [(number, Comparison(**found)) for number, found in others.items() if found]
    random = [(f"mean of {version.runs} runs", f"±{shown(version.spread)}")] if version.spread else []
    return [*((found.words(f"v{number}"), interval(found)) for number, found in compared), *random]


def interval(found: Comparison) -> str:
    return f"{signed(found.gain)} [{signed(found.low)}, {signed(found.high)}]"


def _score(version: Version, name: str) -> Score:
    measured, claim = version.validation or {}, version.claim
    return Score(
        measured=entry(measured, name),
        claim=entry(claim, name) if name in claim else "",
        difference=difference(claim.get(name), measured.get(name)),
    )


def summary(best: dict[str, Any], names: list[str], *, measured: bool) -> list[tuple[str, list[str]]]:
    """The chosen program in at most three lines."""
    lines: list[tuple[str, dict[str, float | None]]] = [("claimed by the program", best["claim"] or {})]
    if measured:
        lines[:0] = [
            ("measured once on test", best["test"] or {}),
            ("measured on validation", best["validation"] or {}),
        ]
    return [(title, [entry(values, name) for name in names]) for title, values in lines]


def unit_table(version: Version | None, scoring: Scoring | None, text: Callable[[str], str]) -> Units | None:
    if version is None or scoring is None or not version.units:
        return None
    units: dict[str, dict[str, float | None]] = json.loads(text(version.units))
    names = _distinct([scoring.metric, *(name for values in units.values() for name in values)])[:MOST_COLUMNS]
    sign = 1 if scoring.direction == "maximize" else -1
    ordered = sorted(units.items(), key=lambda item: _rank(item[1].get(scoring.metric), sign))
    return Units(names, [(unit, [entry(values, name) for name in names]) for unit, values in ordered])


def _rank(value: float | None, sign: int) -> float:
    """What is not defined is neither good nor bad: it comes last."""
    return sign * value if is_finite(value) else math.inf


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
