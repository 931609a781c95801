"""One run of a program as the state machine sees it: what it left, what went wrong, in words for a model."""

from graph.claim import read_claim
from graph.context import Context
from graph.state import Execution
from graph.values import Split
from sandbox.base import ExecResult, Outcome, Program
from sandbox.limits import Limits

PREDICTIONS = "predictions.csv"
STDERR_CHARACTERS = 4000
STDOUT_CHARACTERS = 1500


async def run_program(context: Context, source: str, split: Split) -> ExecResult:
    return await context.sandbox.run(Program(source, await context.bench.inputs(split)), context.limits)


def keep(context: Context, result: ExecResult) -> Execution:
    predictions = result.files.get(PREDICTIONS)
    return Execution(
        output=context.keep(shown_output(result)),
        predictions="" if predictions is None else context.artifacts.put(predictions),
        claim=read_claim(result.stdout),
        seconds=result.seconds,
        peak_memory_mb=result.peak_memory_mb,
    )


def describe(result: ExecResult) -> str:
    """One line for a person."""
    if result.ok and PREDICTIONS not in result.files:
        return f"wrote no {PREDICTIONS}"
    last = (result.stderr.strip().splitlines() or [""])[-1][:160]
    said = f": {last}" if last and not result.ok else ""
    return f"ran {result.seconds:.1f} s" if result.ok else f"{ending(result)}{said}"


def ending(result: ExecResult) -> str:
    return {
        Outcome.OK: "ended well",
        Outcome.NONZERO_EXIT: f"exit code {result.exit_code}",
        Outcome.SIGNAL: f"killed by signal {-(result.exit_code or 0)}",
        Outcome.TIMEOUT: f"stopped at the time limit after {result.seconds:.0f} s",
        Outcome.OOM: f"stopped at the memory limit ({result.peak_memory_mb:.0f} MiB)",
    }[result.outcome]


def explain(result: ExecResult, limits: Limits) -> str:
    """What a model needs to repair the program; empty when nothing is wrong."""
    if result.ok and PREDICTIONS in result.files:
        return ""
    if result.ok:
        reason = result.skipped.get(PREDICTIONS)
        found = ", ".join(sorted(result.files)[:10]) or "nothing"
        what = f"It ended well but left no OUTPUT/{PREDICTIONS}; it left {found}."
        what = f"OUTPUT/{PREDICTIONS} could not be taken: {reason}." if reason else what
    else:
        allowed = f"It has {limits.seconds:g} s and {limits.memory_mb} MiB for the whole of INPUT."
        what = f"It was run and did not end well: {ending(result)}. {allowed}"
    return f"{what}\n\n{shown_output(result)}"


def shown_output(result: ExecResult) -> str:
    """The end of stderr and of stdout: what is printed last says most."""
    parts = [("stderr", result.stderr, STDERR_CHARACTERS), ("stdout", result.stdout, STDOUT_CHARACTERS)]
    shown = [f"{name}:\n\n```text\n{_end(text, size)}\n```" for name, text, size in parts if text.strip()]
    return "\n\n".join(shown) or "It printed nothing."


def _end(text: str, size: int) -> str:
    text = text.strip()
    return text if len(text) <= size else f"[...] {text[-size:]}"
