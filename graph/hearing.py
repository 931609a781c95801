"""A person's instructions, given at any time: taken up when a step ends after which the model can follow them.

They are written into the state with the step that took them up, so that a call that was paid before a crash is never
taken for one that knew of a later instruction.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.runtime import Runtime

from graph.context import Context
from graph.state import State

EARLY = frozenset({"__start__", "terms", "search", "outline"})
DEAF = frozenset({"select", "verify", "document"})
FOLLOWING = frozenset({"design", "draft", "improve"})
"""The nodes whose prompts have them in it."""


async def hear(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """The change of the state by what was not heard yet; what was followed already goes out of it."""
    context, heard = runtime.context, state.get("heard", 0)
    new = [one for one in await context.instructions.given() if one.number > heard]
    for one in new:
        runtime.stream_writer({"note": f"instruction {one.number} is heard"})
    return {"instructions": [context.keep(one.text) for one in new], "heard": max([heard, *(n.number for n in new)])}


def words(context: Context, state: State) -> str:
    """What a prompt says that the person said; empty where nobody did."""
    told = [context.text(reference) for reference in state.get("instructions", [])]
    return "\n\n".join(filter(None, [state["instruction"], *told]))


def can_be_heard(following: Sequence[str], state: Mapping[str, Any], iterations: int) -> bool:
    """Whether a step is left that could take up what is said now; `following` are the nodes that are next."""
    if not following or DEAF & set(following) or state.get("stopped_by"):
        return False
    node, iteration = following[0], int(state.get("iteration") or 0)
    if node in EARLY or node == "review":
        return True
    # One that is asked for now has had its instructions.
    return iteration - int(state.get("tunings") or 0) + (node in ("draft", "improve")) < iterations
