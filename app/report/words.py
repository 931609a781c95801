"""What the page says in sentences."""

from dataclasses import dataclass
from typing import Any

from app.report.numbers import duration, entry, listed, shown
from graph.budget import in_words
from graph.platforms import PLATFORMS
from graph.task import Budget, Scoring, Search

STOPPED = {
    "target": "it stopped when the target was reached",
    "iterations": "it stopped after the last iteration",
    "ideas": "it stopped when there was no further idea",
    "plateau": "it stopped when nothing had brought more for long",
    "person": "a person stopped it",
    "budget": "it stopped when its budget was spent",
}
STATUS = {"waiting": "waiting for a person's word"}


@dataclass(frozen=True)
class Headline:
    kind: str
    """`measured`, `claimed` or `none`."""
    text: str
    more: str = ""


def headline(result: dict[str, Any], metric: str) -> Headline:
    best = result["best"]
    if not best:
        return Headline("none", _no_program(result["versions"]))
    if not result["measured"]:
        return Headline("claimed", _claimed(best["claim"] or {}, metric))
    validation = f"Validation {metric} {entry(best['validation'], metric)}"
    if best["test_problem"]:
        return Headline(
            "none",
            f"On the test data the chosen program failed: {best['test_problem']}",
            f"{validation}, measured by AutoIOT on the data that guided the improvement.",
        )
    if best["test"] is None:
        return Headline(
            "measured", f"{validation}, measured by AutoIOT", "The program has not been scored on the test data."
        )
    return Headline(
        "measured",
        f"Test {metric} {entry(best['test'], metric)}, measured by AutoIOT on data that nothing before had looked at",
    )


def against_drafts(result: dict[str, Any], metric: str) -> str:
    """Whether the search was worth it; empty where nobody can tell."""
    alone, best = result.get("drafts_alone"), result["best"]
    if not alone or not best:
        return ""
    calls = f" {alone['calls']} of {alone['of_calls']} calls went into drafts."
    drafts = [version["version"] for version in result["versions"] if version["operator"] == "draft"]
    if best["version"] in drafts and alone["version"] != best["version"]:
        ahead = alone["test_problem"] or f"{metric} {entry(alone['test'], metric)}"
        return (
            f"What was chosen is a draft, the simplest of those that chance may have put apart; v{alone['version']}, "
            f"which is ahead of it on validation, would have given test {ahead}.{calls}"
        )
    if alone["version"] == best["version"]:
        return f"The search brought nothing more: what was chosen is a draft.{calls}" if _searched(result) else ""
    which = f"the best of {alone['drafts']} drafts, v{alone['version']}" if alone["drafts"] > 1 else "the first program"
    score = alone["test_problem"] or f"{metric} {entry(alone['test'], metric)}"
    search = "" if best["test"] is None else f", and with the search {entry(best['test'], metric)}"
    return f"Without the search: {which} would have given test {score}{search}.{calls}"


def pace_words(best: dict[str, Any] | None) -> str:
    """How long the chosen program takes; empty where that was not measured."""
    pace = (best or {}).get("pace")
    if not pace:
        return ""
    start, per_unit = duration(pace["start"]), duration(pace["per_unit"])
    return f"The program takes about {start} for start and learning, and {per_unit} for each unit that it predicts."


def rule_words(result: dict[str, Any]) -> list[str]:
    """What a person asked for that is checked, and what came of it."""
    chosen = str((result["best"] or {}).get("version", ""))
    return [_kept(rule["said"], rule["broken_by"], chosen) for rule in _items(result.get("rules"))]


def _kept(said: str, broken_by: dict[str, str], chosen: str) -> str:
    others = ", ".join(f"v{number}: {why}" for number, why in broken_by.items() if number != chosen)
    if chosen in broken_by:
        return f"“{said}”: not kept to by v{chosen}: {broken_by[chosen]}" + (f"; nor by {others}" if others else "")
    return f"“{said}”: kept to" + (f"; broken by {others}" if others else "")


def _searched(result: dict[str, Any]) -> bool:
    return any(version["operator"] != "draft" for version in result["versions"])


def _no_program(versions: list[dict[str, Any]]) -> str:
    if not versions:
        return "No program: no version was written"
    if any(version["status"] == "ok" for version in versions):
        return "No program was chosen"
    return (
        f"No program: none of {len(versions)} versions ran to its end"
        if len(versions) > 1
        else ("No program: the only version did not run to its end")
    )


def _claimed(claim: dict[str, float | None], metric: str) -> str:
    if not claim:
        return "Claimed, not measured: the program says nothing about its own quality"
    numbers = {metric: claim[metric]} if metric in claim else dict(list(claim.items())[:6])
    return f"Claimed, not measured: the program says of itself {listed(numbers)}"


def status(result: dict[str, Any]) -> str:
    word = str(result["status"])
    word = STATUS.get(word, word)
    stopped = result.get("stopped_by")
    return f"{word}; {STOPPED.get(stopped, f'stopped by {stopped}')}" if stopped else word


def notes(result: dict[str, Any]) -> list[str]:
    found = [str(note) for note in _items(result.get("notes"))]
    if result.get("replayed"):
        found.append(
            "Replayed from a recording: no model and no search was asked; tokens and price are the recorded ones."
        )
    if changed := result.get("changed_prompts"):
        found.append(f"{len(changed)} prompts differ from the recorded ones: the recorded replies answer other words.")
    return found


def task_facts(result: dict[str, Any], scoring: Scoring | None) -> list[tuple[str, str]]:
    """What the person asked for, as far as it was said."""
    task = result["task"]
    facts = [
        ("Target", task.get("target")),
        ("Input", task.get("input")),
        ("Output", task.get("output")),
        ("Remarks", task.get("remarks")),
        ("Scoring", scoring_words(scoring) if scoring else "none: nothing is measured"),
        ("Constraints", constraint_words(task.get("constraints") or {})),
        ("Knowledge", ", ".join(map(str, task.get("knowledge") or ()))),
        ("Data", dataset_words(result.get("dataset"))),
        ("Search", search_words(task.get("search") or {})),
        ("Iterations", task.get("iterations")),
        ("Left out, for study", ", ".join(task.get("ablation") or ())),
        ("Budget", in_words(Budget(**(task.get("budget") or {})))),
        ("Model", result.get("model") or task.get("model")),
    ]
    return [(name, str(value).strip()) for name, value in facts if value not in (None, "")]


def scoring_words(scoring: Scoring) -> str:
    better = "higher" if scoring.direction == "maximize" else "lower"
    words = f"{scorer_name(scoring)}; {scoring.metric} counts, {better} is better"
    return words if scoring.target is None else f"{words}, {shown(scoring.target)} is enough"


def search_words(search: dict[str, Any]) -> str:
    known = Search.model_validate(search)
    if known.policy == "tree":
        return f"tree, {known.drafts} draft{'s' if known.drafts > 1 else ''}"
    return known.policy


def scorer_name(scoring: Scoring) -> str:
    return f"r_peaks (within {scoring.tolerance_ms:g} ms)" if scoring.scorer == "r_peaks" else scoring.scorer


def how_scored(result: dict[str, Any], scoring: Scoring | None) -> str:
    if not result["measured"] or scoring is None:
        return (
            "Nothing was measured: that takes labels in the dataset and a scoring in the task. "
            "The numbers on this page are what the programs printed about themselves."
        )
    confined = "never saw"
    if result.get("isolation") == "none":
        confined = "were not given (they ran unconfined, so nothing kept them from looking)"
    return (
        "The data is split by whole units into train, validation and test; a program gets train with labels and the "
        "part that it is scored on without them, and writes its predictions to a file. "
        f"AutoIOT compares that file, by the scorer {scorer_name(scoring)}, with labels that the programs {confined}: "
        "validation guides the improvement and the choice, test is scored once, at the end."
    )


def constraint_words(constraints: dict[str, Any]) -> str:
    known = {
        "max_seconds": "at most {} s for a whole split",
        "max_seconds_per_unit": "at most {} s for each unit",
        "max_memory_mb": "at most {} MiB of memory",
        "max_gpu_memory_mb": "at most {} MiB of a GPU's memory",
        "max_program_kb": "a program of at most {} kB",
    }
    given = [(name, constraints[name]) for name in known if constraints.get(name) is not None]
    limits = [known[name].format(shown(value)) for name, value in given]
    if platform := PLATFORMS.get(constraints.get("platform") or ""):
        limits.append(f"for {platform.words}")
    packages = constraints.get("packages")
    return ", ".join([*limits, *([f"the packages {', '.join(packages)} besides the usual ones"] if packages else [])])


def dataset_words(dataset: Any) -> str:
    """Its name, or what else is said of it."""
    if not isinstance(dataset, dict):
        return str(dataset or "")
    facts: dict[str, Any] = {**dataset}
    words = [str(value) if name == "name" else f"{name} {value}" for name, value in facts.items() if value is not None]
    return ", ".join(words)


def _items(values: Any) -> list[Any]:
    return list(values or ())
