"""Measures what the candidate predicted, and puts it into the archive, whatever became of it."""

import asyncio
import json
from typing import Any

from langgraph.runtime import Runtime

from graph.archive import best_of, counting, per_unit, standing
from graph.branches import following, spent_patience
from graph.candidates import code_lines, diff, may_repair, with_problem
from graph.comparison import Comparison, compare
from graph.context import Context
from graph.errors import PredictionsInvalid
from graph.executions import one_line
from graph.hearing import hear
from graph.policy import leads, reached_target, tunes_next, value
from graph.repeats import Repeated, may_be_random, repeated
from graph.state import Candidate, State
from graph.steering import scoring_now
from graph.values import Version


async def evaluate(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, candidate = runtime.context, state["candidate"]
    assert candidate
    found, problem, note = None, "", ""
    if not candidate["problem"]:
        try:
            found = await measure(context, candidate, await standing(context, state))
            problem = found.problem if found else ""
            note = one_line(problem)
        except PredictionsInvalid as error:
            problem, note = f"It ran, but OUTPUT/predictions.csv cannot be scored: {error}", str(error)
    if problem:
        runtime.stream_writer({"note": f"v{candidate['version']}: {note}"})
        candidate = with_problem(candidate, context.keep(problem))
        if may_repair(candidate, state["iteration"]):
            return {"candidate": candidate}
    version = await describe(context, candidate, None if problem else found)
    await context.versions.save(version)
    task, measured, versions = context.task, context.bench.measured, await standing(context, state)
    best = best_of(context, versions, state)
    number = None if best is None else value(best, task.scoring, measured=measured)
    runtime.stream_writer({"version": version.as_json(), "best": best.version if best else None})
    improvements = state["iteration"] - state.get("tunings", 0)
    stopped_by = state["stopped_by"] or stop_reason(context, state, versions, number)
    # Where no prompt follows at once nothing is heard; where a person is asked first, after the answer.
    waits = stopped_by or state["asks_person"] or tunes_next(state["iteration"], stopped_by, state.get("tuned", []))
    told = {"instructions": []} if waits else await hear(state, runtime)
    return {
        **told,
        "following": following(task.search, versions, task.scoring, task.candidates - improvements, measured=measured),
        "candidate": None,
        "best": None if best is None else {"version": best.version, "value": number},
        "instruction": "",
        "stopped_by": stopped_by,
    }


async def measure(context: Context, candidate: Candidate, versions: list[Version]) -> Repeated | None:
    """In more than one run where it would lead and chance may have a part in that. Raises PredictionsInvalid."""
    execution = candidate["execution"]
    if execution is None or not context.bench.measured:
        return None
    predictions, source = context.artifacts.get(execution["predictions"]), context.text(candidate["source"])
    found = await context.bench.score("validation", predictions)
    # Itself among them, where this step is done once more after a crash.
    others = [version for version in versions if version.version != candidate["version"]]
    if not leads(found.metrics, others, context.task.scoring) or not may_be_random(source):
        return Repeated(found, 1, 0.0)
    return await repeated(context, source, "validation", predictions, found)


def stop_reason(context: Context, state: State, versions: list[Version], best: float | None) -> str:
    task = context.task
    if reached_target(best, scoring_now(task.scoring, state.get("target"))):
        return "target"
    if state["iteration"] - state.get("tunings", 0) >= task.candidates:
        return "iterations"
    if context.minutes_left() <= 0:
        return "budget"
    return "plateau" if spent_patience(task.search, versions, task.scoring, measured=context.bench.measured) else ""


async def describe(context: Context, candidate: Candidate, found: Repeated | None) -> Version:
    measurement = found.measurement if found else None
    source = context.text(candidate["source"])
    others = {version.version: version for version in await context.versions.all()}
    parent = others.get(candidate["parent"] or 0)
    execution = candidate["execution"]
    scores = measurement.units if measurement else {}
    compared = await asyncio.to_thread(against, context, scores, parent) if parent else None
    return Version(
        version=candidate["version"],
        parent=candidate["parent"],
        idea=candidate["idea"],
        source=candidate["source"],
        status="failed" if candidate["problem"] else "ok",
        problem=one_line(context.text(candidate["problem"])) if candidate["problem"] else "",
        diff=context.keep(diff(context.text(parent.source), source)) if parent else "",
        predictions=execution["predictions"] if execution else "",
        output=execution["output"] if execution else "",
        units=context.keep(json.dumps(scores, sort_keys=True)) if measurement else "",
        validation=measurement.metrics if measurement else None,
        claim=execution["claim"] if execution else {},
        seconds=execution["seconds"] if execution else 0.0,
        peak_memory_mb=execution["peak_memory_mb"] if execution else 0.0,
        peak_gpu_mb=execution.get("peak_gpu_mb") if execution else None,
        pace=execution.get("pace") if execution else None,
        lines=code_lines(source),
        repairs=candidate["repairs"],
        operator=candidate.get("operator", ""),
        merged=candidate.get("merged"),
        runs=found.runs if found else 1,
        spread=found.spread if found and found.runs > 1 else None,
        quality=candidate.get("quality"),
        against_parent=compared.as_json() if compared else None,
    )


def against(context: Context, scores: dict[str, dict[str, float]], parent: Version) -> Comparison | None:
    scoring = context.task.scoring
    if scoring is None or not scores:
        return None
    return compare(counting(scores, scoring), per_unit(context, parent), scoring.direction)
