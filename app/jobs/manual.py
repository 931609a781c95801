"""The README of a result: what was measured, by code, above the document that the model wrote."""

from typing import Any

from graph.task import Task


def readme(result: dict[str, Any], task: Task, document: str) -> str:
    parts = [f"# {task.name}", task.target.strip(), measured(result), document.strip(), sources(result)]
    return "\n\n".join(filter(None, parts)) + "\n"


def sources(result: dict[str, Any]) -> str:
    """What the design and the improvements really rest on; nothing that a model has only named."""
    rows = result.get("sources", [])
    lines = [f"- {words(row['title'])} ({row['source']}): {', '.join(row['of'])}" for row in rows]
    return "\n".join(["## Sources", "", *lines]) if rows else ""


def words(title: str) -> str:
    """Without what Markdown would take for its own."""
    return " ".join(title.translate(dict.fromkeys(map(ord, "[]<>`*_|"), " ")).split())


def measured(result: dict[str, Any]) -> str:
    best = result["best"]
    if not result["measured"]:
        claim = ", ".join(f"{name} {shown(number)}" for name, number in best["claim"].items()) or "nothing"
        return (
            f"> **Claimed, not measured.** There were no labels to measure with. The program says of itself: {claim}."
        )
    names = list(best["validation"] or {})
    rows = [
        ("validation", best["validation"] or {}),
        ("test", best["test"] or {}),
        ("the program's own claim", best["claim"]),
    ]
    lines = [
        "## Measured quality",
        "",
        "Measured by AutoIOT on recordings whose labels the program never had. The test recordings were looked at "
        "once, after the program had been chosen.",
        "",
        f"| | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
        *(f"| {title} | {' | '.join(shown(values.get(name)) for name in names)} |" for title, values in rows),
    ]
    if best["test_problem"]:
        lines += ["", f"> On the test recordings it failed: {best['test_problem']}"]
    lines += ["", "`./reproduce.sh DATASET` runs the program again on the test recordings and compares the score."]
    return "\n".join(lines)


def shown(number: float | None) -> str:
    return "–" if number is None else f"{number:.4g}"
