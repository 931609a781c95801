"""Proposes one idea and changes the best program accordingly."""

import re
from dataclasses import asdict
from typing import Any

from langgraph.runtime import Runtime

from graph.archive import best_version, per_unit, units
from graph.candidates import changed, not_fitting, usable_change
from graph.context import Context
from graph.errors import ReplyUnusable
from graph.hearing import words
from graph.ports import Call
from graph.render import briefing, render
from graph.state import Candidate, State
from graph.values import Version

IDEA = re.compile(r"^[^\w\n]*IDEA:\W*(.+)$", re.MULTILINE | re.IGNORECASE)
NONE = re.compile(r"none\b\s*(\W*$|[.,;:(\u2013\u2014]|- )", re.IGNORECASE)
WEAKEST = 6
TRIED = 24
"""Candidates of which the model is told, so that a prompt does not grow with the run."""
OUTPUT_CHARACTERS = 2000


async def improve(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context, iteration = runtime.context, state["iteration"] + 1
    versions = await context.versions.all()
    parent = await best_version(context) or versions[-1]
    source = context.text(parent.source)
    prompt = await brief(context, state, parent, versions)
    reply = await context.chat.ask(Call("improve", prompt, iteration), usable_idea)
    idea = read_idea(reply)
    if idea is None:
        runtime.stream_writer({"note": "no further idea"})
        return {"iteration": iteration, "stopped_by": "ideas"}
    runtime.stream_writer({"note": f"v{iteration + 1}: {idea}"})
    program, misfit = changed(source, reply)
    meant = f"The change was not made: {misfit}\n\nThis change was meant: {idea}\n\nMake it."
    problem = f"{meant} {not_fitting(misfit, reply)}" if misfit else ""
    return {
        "iteration": iteration,
        "candidate": Candidate(
            version=iteration + 1,
            parent=parent.version,
            idea=idea,
            source=context.keep(program),
            repairs=0,
            problem=context.keep(problem) if problem else "",
            wants_whole=bool(problem),
            execution=None,
        ),
    }


async def brief(context: Context, state: State, parent: Version, versions: list[Version]) -> str:
    passages = await context.library.passages(state["documents"], parent.idea + " " + context.task.target)
    return render(
        "improve",
        **briefing(context),
        source=context.text(parent.source),
        parent=parent,
        validation=numbers(parent.validation or {}),
        units=weakest(context, parent),
        claim=numbers(parent.claim),
        output=last_output(context.text(parent.output)) if parent.output else "",
        versions=[asdict(v) | {"shown": numbers(v.validation or v.claim)} for v in versions[-TRIED:]],
        instruction=words(context, state),
        passages=passages,
        # In tens: the same run shall make the same prompt on another day.
        used_time=round(parent.seconds / context.limits.seconds * 10) * 10,
    )


def last_output(text: str) -> str:
    """Only stdout, where both would be too long: a part cut out would leave a fence open."""
    _, stdout, end = text.rpartition("stdout:\n\n")
    return text if len(text) <= OUTPUT_CHARACTERS or not stdout else stdout + end


def weakest(context: Context, version: Version) -> list[tuple[str, str]]:
    if context.task.scoring is None:
        return []
    up = context.task.scoring.direction == "maximize"
    ordered = sorted(per_unit(context, version).items(), key=lambda row: row[1] if up else -row[1])
    everything = units(context, version)
    return [(unit, numbers(everything[unit])) for unit, _ in ordered[:WEAKEST]]


def numbers(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name} {number:.4g}" for name, number in metrics.items())


def read_idea(reply: str) -> str | None:
    """Raises ReplyUnusable when no line says it; None for `none`."""
    found = IDEA.search(reply)
    if not found:
        raise ReplyUnusable("the reply has no line that starts with IDEA:")
    idea = found[1].strip().strip("*").strip()
    return None if NONE.match(idea) else idea[:500]


def usable_idea(reply: str) -> str:
    return reply if read_idea(reply) is None else usable_change(reply)
