"""Waits for a person's word."""

from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from graph.context import Context
from graph.hearing import checkable, hear
from graph.state import State


async def review(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Resumed with `{"action": "go" | "stop", "instruction": str}`."""
    answer = interrupt({"iteration": state["iteration"], "best": state["best"]})
    stop, instruction = answer["action"] == "stop", answer.get("instruction", "")
    heard = {"rules": []} if stop else await hear(state, runtime)
    return {
        **heard,
        "rules": [*heard["rules"], *checkable(instruction, runtime)],
        "instruction": instruction,
        "stopped_by": "person" if stop else state["stopped_by"],
    }
