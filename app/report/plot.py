"""The score of each version as a picture: SVG text that stands within the page and takes its colours."""

import io
import math
import re
from dataclasses import dataclass
from typing import Any

import matplotlib
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from app.report.numbers import shown
from graph.task import FRACTIONS, Scoring
from graph.values import Version

INK, GRID, MEASURED, CLAIM, FAILED = "#000001", "#000002", "#000003", "#000004", "#000005"
"""Drawn with these, and replaced by what the page's style says, so that light and dark need no second picture."""
STYLE = {
    INK: "currentColor",
    GRID: "var(--line)",
    MEASURED: "var(--measured)",
    CLAIM: "var(--claim)",
    FAILED: "var(--failed)",
}
SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "autoiot",
    "svg.fonttype": "path",
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "text.usetex": False,
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
WHERE = {"Creator": None, "Date": None, "Format": None, "Type": None}
INCHES = (5.6, 3.3)
MANY = 40


@dataclass(frozen=True)
class Series:
    """What there is to draw: (version, value), finite only."""

    measured: list[tuple[int, float]]
    claimed: list[tuple[int, float]]
    failed: list[int]
    best: list[tuple[int, float]]
    target: float | None = None

    def range(self, metric: str) -> tuple[float, float]:
        """Of what is measured; claims may widen it, but not without bound: they are only words."""
        known = [value for _, value in self.measured] + ([] if self.target is None else [self.target])
        claims = [value for _, value in self.claimed]
        reach = 4 * max(map(abs, known), default=math.inf)
        reach = max(reach, 1.0) if metric in FRACTIONS else reach
        values = known + [value for value in claims if abs(value) <= reach]
        return (min(values), max(values)) if values else (0.0, 1.0)


def score_plot(versions: list[Version], metric: str, scoring: Scoring | None, chosen: int | None) -> Markup:
    series = gather(versions, metric, scoring)
    untyped: Any = matplotlib
    with untyped.rc_context(SETTINGS):
        svg = _draw(series, metric, chosen)
    return _inline(svg, in_words(series, metric, scoring, chosen))


def gather(versions: list[Version], metric: str, scoring: Scoring | None) -> Series:
    ran = [version for version in versions if version.status == "ok"]
    measured = [(v.version, v.validation[metric]) for v in ran if v.validation and _drawable(v.validation, metric)]
    return Series(
        measured=measured,
        claimed=[(v.version, v.claim[metric]) for v in ran if _drawable(v.claim, metric)],
        failed=[v.version for v in versions if v.status == "failed"],
        best=_running_best(measured, scoring) if scoring else [],
        target=scoring.target if scoring and measured else None,
    )


def _drawable(numbers: dict[str, float], metric: str) -> bool:
    value: float | None = numbers.get(metric)
    return value is not None and abs(value) < 1e100


def _running_best(measured: list[tuple[int, float]], scoring: Scoring) -> list[tuple[int, float]]:
    better = max if scoring.direction == "maximize" else min
    return [(version, better(value for _, value in measured[: at + 1])) for at, (version, _) in enumerate(measured)]


def _draw(series: Series, metric: str, chosen: int | None) -> str:
    figure = Figure(figsize=INCHES, layout="constrained")
    axes: Any = figure.subplots()  # pyright: ignore[reportUnknownMemberType]
    low, high = _limits(axes, series, metric)
    _draw_series(axes, series, chosen, low, high)
    _furnish(axes, metric, _last(series))
    handles, labels = axes.get_legend_handles_labels()
    untyped: Any = figure
    if handles:
        untyped.legend(handles, labels, loc="outside upper left", ncols=3, frameon=False, borderaxespad=0)
    out = io.StringIO()
    untyped.savefig(out, format="svg", transparent=True, metadata=WHERE)
    return out.getvalue()


def _limits(axes: Any, series: Series, metric: str) -> tuple[float, float]:
    low, high = series.range(metric)
    span = (high - low) or max(abs(high) * 0.1, 1e-6)
    low, high = low - span * (0.22 if series.failed else 0.08), high + span * 0.08
    axes.set_ylim(low, high)
    return low, high


def _draw_series(axes: Any, series: Series, chosen: int | None, low: float, high: float) -> None:
    size = 6 if _last(series) <= MANY else 3
    free = {"linestyle": "none", "clip_on": False}
    if series.target is not None:
        axes.axhline(series.target, color=INK, linestyle="--", linewidth=0.9, label=f"target {shown(series.target)}")
    if series.best:
        axes.step(*_until(series.best, _last(series)), where="post", color=MEASURED, linewidth=1.2, label="best so far")
    inside = [(x, y) for x, y in series.claimed if low <= y <= high]
    beyond = [(x, high if y > high else low) for x, y in series.claimed if not low <= y <= high]
    hollow = {"color": CLAIM, "markerfacecolor": "none", "markersize": size + 2.5, **free}
    if inside:
        axes.plot(*zip(*inside, strict=True), marker="D", label="claimed by the program", **hollow)
    if beyond:
        axes.plot(*zip(*beyond, strict=True), marker="^", label="claimed, off this scale", **hollow)
    if series.measured:
        points = zip(*series.measured, strict=True)
        axes.plot(*points, marker="o", color=MEASURED, markersize=size, label="measured on validation", **free)
    if series.failed:
        bottom = axes.get_xaxis_transform()
        crosses = {"marker": "x", "color": FAILED, "markersize": size, "transform": bottom, **free}
        axes.plot(series.failed, [0.06] * len(series.failed), label="failed", **crosses)
    if ring := [point for point in series.measured if point[0] == chosen]:
        look = {"color": INK, "markerfacecolor": "none", "markersize": size + 8, **free}
        axes.plot(*zip(*ring, strict=True), marker="o", label="chosen", **look)


def _until(points: list[tuple[int, float]], last: int) -> tuple[list[int], list[float]]:
    """The step goes on to the last version, also where that one failed."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return [*xs, max(last, xs[-1])], [*ys, ys[-1]]


def _last(series: Series) -> int:
    return max([*series.failed, *(x for x, _ in series.measured + series.claimed)], default=0)


def _furnish(axes: Any, metric: str, last: int) -> None:
    axes.set_xlabel("version")
    # The font has no other letters, and a name may be of any length.
    axes.set_ylabel(metric[:40] if metric.isascii() and metric.isprintable() and metric else "score")
    axes.set_xlim(0.5, max(last, 1) + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _inline(svg: str, words: str) -> Markup:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    for colour, style in STYLE.items():
        svg = svg.replace(colour, style)
    svg = re.sub(r"\n\s*\n", "\n", svg).strip()
    return Markup(svg.replace("<svg ", f'<svg class="plot" role="img" aria-label="{escape(words)}" ', 1))


def in_words(series: Series, metric: str, scoring: Scoring | None, chosen: int | None) -> str:
    """The picture for who cannot see it."""
    parts = [f"Plot of {metric or 'the score'} for each version."]
    if scoring:
        parts.append(f"{'Higher' if scoring.direction == 'maximize' else 'Lower'} is better.")
    parts += [_spread("Measured on validation", series.measured), _spread("Claimed", series.claimed)]
    if series.failed:
        parts.append(f"Failed: {len(series.failed)}.")
    if series.target is not None:
        parts.append(f"The target is {shown(series.target)}.")
    parts += [f"Version {x} is chosen, with {shown(y)}." for x, y in series.measured if x == chosen]
    return " ".join(part for part in parts if part)


def _spread(what: str, points: list[tuple[int, float]]) -> str:
    if not points:
        return f"{what}: none."
    (low_at, low), (high_at, high) = min(points, key=lambda p: p[1]), max(points, key=lambda p: p[1])
    if len(points) == 1:
        return f"{what}: version {low_at} with {shown(low)}."
    return f"{what}: {len(points)} versions, from {shown(low)} (version {low_at}) to {shown(high)} (version {high_at})."
