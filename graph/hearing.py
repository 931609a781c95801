"""A person's instructions, given at any time: taken up when a step ends after which the model can follow them.

They are written into the state with the step that took them up, so that a call that was paid before a crash is never
taken for one that knew of a later instruction.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.runtime import Runtime

from graph.context import Context
from graph.rules import Rule, rules
from graph.state import Said, State

EARLY = frozenset({"__start__", "terms", "search", "outline"})
DEAF = frozenset({"simplify", "select", "verify", "document"})
FOLLOWING = frozenset({"design", "draft", "improve"})
"""The nodes whose prompts have them in it."""


async def hear(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """The change of the state by what was not heard yet; what was followed already goes out of it."""
    context, heard = runtime.context, state.get("heard", 0)
    new = [one for one in await context.instructions.given() if one.number > heard]
    for one in new:
        runtime.stream_writer({"note": f"instruction {one.number} is heard"})
    return {
        "instructions": [context.keep(one.text) for one in new],
        "rules": [reference for one in new for reference in checkable(one.text, runtime)],
        "said": [await said(context, one.text) for one in new],
        "heard": max([heard, *(n.number for n in new)]),
    }


async def said(context: Context, text: str, **more: Any) -> Said:
    versions = await context.versions.all()
    return Said(text=context.keep(text) if text else "", after=max((v.version for v in versions), default=0), **more)


def checkable(text: str, runtime: Runtime[Context]) -> list[str]:
    """Its reference, where there is a rule in it."""
    found = rules([text], runtime.context.sandbox.environment)
    for rule in found:
        runtime.stream_writer({"note": f"checked from now on: {rule.said}"})
    return [runtime.context.keep(text)] if found else []


def in_force(context: Context, state: Mapping[str, Any]) -> list[Rule]:
    """By the remarks of the task, and by all that people said up to now."""
    said = [context.text(reference) for reference in state.get("rules", [])]
    return rules([context.task.remarks, *said], context.sandbox.environment)


def words(context: Context, state: Mapping[str, Any]) -> str:
    """What a prompt says that the person said; empty where nobody did."""
    told = [context.text(reference) for reference in state.get("instructions", [])]
    said = "\n\n".join(filter(None, [state["instruction"], *told]))
    # The remarks are in every prompt.
    before = f"{context.task.remarks}\n{said}"
    still = [rule.said for rule in in_force(context, state) if rule.said not in " ".join(before.split())]
    return "\n\n".join(
        filter(None, [said, f"Said before, and still to be kept to: {'; '.join(still)}" if still else ""])
    )


def can_be_heard(following: Sequence[str], state: Mapping[str, Any], iterations: int) -> bool:
    """Whether a step is left that could take up what is said now; `following` are the nodes that are next."""
    if not following or DEAF & set(following) or state.get("stopped_by"):
        return False
    node, iteration = following[0], int(state.get("iteration") or 0)
    if node in EARLY or node == "review":
        return True
    # One that is asked for now has had its instructions.
    return iteration - int(state.get("tunings") or 0) + (node in ("draft", "improve")) < iterations
