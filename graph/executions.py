"""One run of a program as the state machine sees it: what it left, what went wrong, in words for a model."""

import re
from collections.abc import Sequence
from dataclasses import asdict, replace

from graph.claim import read_claim
from graph.context import Context
from graph.prints import without_data
from graph.rules import Rule, broken_by_running
from graph.state import Execution
from graph.values import Pace, Split
from sandbox.base import ExecResult, Outcome, Program
from sandbox.limits import Limits

PREDICTIONS = "predictions.csv"
STDERR_CHARACTERS = 4000
STDOUT_CHARACTERS = 1500
STDERR = re.compile(r"^stderr:\n\n(`{3,})text\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)


async def run_program(context: Context, source: str, split: Split, *, one: bool = False) -> ExecResult:
    """Over `split`, or one unit of it. What it printed is told from here on as a model may read it."""
    program = Program(source, await context.bench.inputs(split, one=one), recurring=split != "test" and not one)
    result = await context.sandbox.run(program, context.limits)
    if not context.task.output_filter:
        return result
    return replace(result, stdout=without_data(result.stdout), stderr=without_data(result.stderr))


def keep(context: Context, result: ExecResult, pace: Pace | None = None) -> Execution:
    predictions = result.files.get(PREDICTIONS)
    return Execution(
        output=context.keep(shown_output(result)),
        predictions="" if predictions is None else context.artifacts.put(predictions),
        claim=read_claim(result.stdout),
        seconds=result.seconds,
        peak_memory_mb=result.peak_memory_mb,
        peak_gpu_mb=result.gpu_peak_mb,
        pace=asdict(pace) if pace else None,
    )


def describe(result: ExecResult) -> str:
    """One line for a person."""
    if result.ok and PREDICTIONS not in result.files:
        reason = result.skipped.get(PREDICTIONS)
        return f"{PREDICTIONS} could not be taken: {reason}" if reason else f"wrote no {PREDICTIONS}"
    last = last_line(result.stderr)[:160]
    said = f": {last}" if last and not result.ok else ""
    return f"ran {result.seconds:.1f} s" if result.ok else f"{ending(result)}{said}"


def ending(result: ExecResult) -> str:
    return {
        Outcome.OK: "ended well",
        Outcome.NONZERO_EXIT: f"exit code {result.exit_code}",
        Outcome.SIGNAL: "killed by a signal" if result.exit_code is None else f"killed by signal {-result.exit_code}",
        Outcome.TIMEOUT: f"stopped at the time limit after {result.seconds:.0f} s",
        Outcome.CANCELLED: "stopped before it had ended",
        Outcome.NO_RESULT: f"wrote no {PREDICTIONS}",
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


def against_rules(context: Context, execution: Execution, rules: Sequence[Rule]) -> str:
    """What a model needs to keep to what people said; empty where a program that ran well does."""
    broken = broken_by_running(rules, execution["seconds"], execution["peak_memory_mb"])
    shown = context.text(execution["output"])
    return f"It ran, but {'; '.join(one.line for one in broken)}.\n\n{shown}" if broken else ""


def shown_output(result: ExecResult) -> str:
    """The end of stderr and of stdout: what is printed last says most."""
    parts = [("stderr", result.stderr, STDERR_CHARACTERS), ("stdout", result.stdout, STDOUT_CHARACTERS)]
    shown = [f"{name}:\n\n{_fenced(_end(text, size))}" for name, text, size in parts if text.strip()]
    return "\n\n".join(shown) or "It printed nothing."


def one_line(problem: str) -> str:
    """The telling line of a problem: the last of a traceback, else the first finding."""
    lines = [line.strip() for line in problem.splitlines() if line.strip()] or [""]
    if printed := STDERR.search(problem):
        return f"{lines[0].split('. ')[0]}: {last_line(printed[2])}"[:300]
    finding = lines[1] if lines[0].endswith(":") and len(lines) > 1 else lines[0]
    return finding.removeprefix("- ")[:300]


def last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1].strip()


def _fenced(text: str) -> str:
    """With a fence longer than any that the program itself printed."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", text))])
    return f"{fence}text\n{text}\n{fence}"


def _end(text: str, size: int) -> str:
    text = text.strip()
    return text if len(text) <= size else f"[...] {text[-size:]}"
