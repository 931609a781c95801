"""What is wrong with a program by reading it."""

from collections.abc import Mapping
from typing import Any

from graph.checks import findings
from graph.context import Context
from graph.hearing import in_force
from graph.quality import Finding, to_repair
from graph.rules import broken_by_reading


async def read(context: Context, state: Mapping[str, Any], source: str) -> tuple[list[str], list[Finding] | None]:
    """What is to be repaired before it is run, a line each, also by the `rules` of `state`; what the critic found."""
    criticized = await context.critic.read(source)
    found = findings(source, context.sandbox.environment, context.task.constraints.max_program_kb)
    found += to_repair(criticized or [])
    found += [broken.line for broken in broken_by_reading(in_force(context, state), source)]
    return found, criticized
