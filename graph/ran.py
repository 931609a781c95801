"""How a program ran on the validation split: kept, so that one that was run before its turn is not run again."""

import json
from dataclasses import asdict, dataclass

from graph.context import Context
from graph.executions import describe, explain, keep, run_program
from graph.pace import too_slow
from graph.state import Execution


@dataclass(frozen=True)
class Ran:
    execution: Execution
    problem: str
    """What a model needs to repair it; empty when nothing is wrong."""
    line: str
    """For a person."""


async def run_on_validation(context: Context, source: str) -> Ran:
    result = await run_program(context, source, "validation")
    problem, pace = explain(result, context.limits), None
    if not problem:
        problem, pace = await too_slow(context, source, result)
    return Ran(keep(context, result, pace), problem, describe(result))


def keep_run(context: Context, ran: Ran) -> str:
    """Its reference."""
    return context.keep(json.dumps(asdict(ran)))


def kept_run(context: Context, reference: str) -> Ran:
    return Ran(**json.loads(context.text(reference)))
