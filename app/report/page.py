"""One page that tells a run: self-contained, so that it can be mailed, printed and opened in ten years."""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.db.tables import CallRow
from app.report.cost import by_node, totals
from app.report.numbers import count
from app.report.programs import breakable, code_style, coloured, coloured_diff
from app.report.said import said_words
from app.report.tables import candidates, metric_names, summary, unit_table
from app.report.words import (
    against_drafts,
    headline,
    how_scored,
    notes,
    pace_words,
    rule_words,
    status,
    task_facts,
)
from graph.task import Scoring
from graph.values import Version

_TEMPLATES = Environment(
    loader=PackageLoader("app", "report"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {"breakable": breakable, "count": count, "coloured": coloured, "coloured_diff": coloured_diff}


def report_page(
    result: dict[str, Any],
    scoring: Scoring | None,
    versions: list[Version],
    text: Callable[[str], str],
    calls: list[CallRow],
) -> str:
    """The whole page; `result` is that of result.json, `text` gives an artifact's text by its reference."""
    best, measured = result["best"], bool(result["measured"])
    names = metric_names(versions, scoring, measured=measured)
    metric = names[0] if names else ""
    chosen = next((version for version in versions if best and version.version == best["version"]), None)
    number = chosen.version if chosen else None
    light, dark = code_style()
    page = _TEMPLATES.get_template("report.html").render(
        name=result["task"]["name"],
        run=result["run"],
        status=status(result),
        headline=headline(result, metric),
        unconfined=result.get("isolation") == "none",
        isolation=result.get("isolation", ""),
        notes=notes(result),
        against_drafts=against_drafts(result, metric),
        pace=pace_words(best),
        rules=rule_words(result),
        said=said_words(result),
        measured=measured,
        names=names,
        summary=summary(best, names, measured=measured) if best else [],
        facts=task_facts(result, scoring),
        plot=plot(versions, metric, scoring, number) if versions else "",
        candidates=candidates(versions, names, number, result["versions"]),
        chosen=number,
        on_gpu=any(version.peak_gpu_mb is not None for version in versions),
        read=any(version.quality for version in versions),
        compared=any(version.against_parent for version in versions),
        units=unit_table(chosen, scoring, text),
        text=text,
        totals=totals(result["usage"], calls),
        nodes=by_node(calls),
        priced=any(call.usd is not None for call in calls),
        how=how_scored(result, scoring),
        looked_up=result.get("looked_up", []),
        sources=result.get("sources", []),
        light=light,
        dark=dark,
    )
    # A lone surrogate, which JSON can carry, could not be written to a file.
    return page.encode("utf-8", "replace").decode("utf-8")


def plot(*what: Any) -> str:
    from app.report.plot import score_plot  # noqa: PLC0415 (matplotlib takes a second, and only a finished run has one)

    return score_plot(*what)
