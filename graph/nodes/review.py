"""Waits for a person's word."""

from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from graph.context import Context
from graph.hearing import checkable, hear, said
from graph.policy import reached_target
from graph.state import State
from graph.steering import scoring_now, steering


async def review(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Resumed with `{"action": "go" | "stop", "instruction": str}`, and maybe `version` and `target`."""
    answer = interrupt({"iteration": state["iteration"], "best": state["best"]})
    stop, instruction = answer["action"] == "stop", answer.get("instruction", "")
    heard = {"rules": [], "said": []} if stop else await hear(state, runtime)
    scoring = runtime.context.task.scoring
    steered = steering(answer, await runtime.context.versions.all(), scoring)
    for note in steered.notes:
        runtime.stream_writer({"note": note})
    now = scoring_now(scoring, steered.changes.get("target", state.get("target")))
    enough = not stop and reached_target((state["best"] or {}).get("value"), now)
    return {
        **heard,
        **steered.changes,
        "said": [*heard["said"], await said(runtime.context, instruction, answer=told(answer))],
        "rules": [*heard["rules"], *checkable(instruction, runtime)],
        "instruction": instruction,
        "stopped_by": "person" if stop else "target" if enough else state["stopped_by"],
    }


def told(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("action", "version", "target") if answer.get(name) is not None}
