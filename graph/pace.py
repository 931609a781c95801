"""How long a program takes for each unit, apart from its start and from learning: seen by a second run."""

from graph.context import Context
from graph.executions import run_program, shown_output
from graph.values import Pace, Split
from sandbox.base import ExecResult


async def measured_pace(context: Context, source: str, split: Split, seconds: float) -> Pace | None:
    """Of a program that took `seconds` over `split`; None where there is no telling, as with a single unit."""
    units = len(context.bench.units(split))
    if units < 2 or context.minutes_left() <= 0:
        return None
    alone = await run_program(context, source, split, one=True)
    return pace(seconds, alone.seconds, units) if alone.ok else None


def pace(all_units: float, one_unit: float, units: int) -> Pace:
    """From the seconds of a run over at least two `units` and those of one over one of them, which learns the same."""
    per_unit = max(0.0, (all_units - one_unit) / (units - 1))
    return Pace(max(0.0, one_unit - per_unit), per_unit)


async def too_slow(context: Context, source: str, result: ExecResult) -> tuple[str, Pace | None]:
    """Of one that ran well: what a model needs to make it faster, if so; and its pace, where that had to be known."""
    allowed, units = context.task.constraints.max_seconds_per_unit, len(context.bench.units("validation"))
    if allowed is None or not units or result.seconds / units <= allowed:
        return "", None
    found = await measured_pace(context, source, "validation", result.seconds)
    per_unit = found.per_unit if found else result.seconds / units
    if per_unit <= allowed:
        return "", found
    took = f"{per_unit:.3g} s for each recording in unlabelled/{', start and learning aside' if found else ''}"
    why = f"It ran, but took {took}; the task allows {allowed:g} s. Make it faster.\n\n{shown_output(result)}"
    return why, found
