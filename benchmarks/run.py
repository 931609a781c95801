# ruff: noqa: T201, E402, ASYNC240 (it prints for a person; and the scripted job lies with the tests)
"""What a run costs besides the model: numbers to read, no test. Start it with `make bench`."""

import asyncio
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from fakes.jobs import opened_jobs
from fakes.source import LINE, ScriptedSource, asked, edit, make_dataset, make_script, make_task

from app.db.tables import CallRow
from app.jobs.progress import Event
from app.jobs.request import RunRequest
from app.jobs.taskfile import read_task
from app.providers.recording import read_recording
from app.providers.source import Source
from app.wiring import DATABASE
from benchmarks.sandboxes import AT_ONCE, ROUNDS, RUNS, Report, compare
from sandbox.process import ProcessSandbox

HEARTBEAT = ROOT / "examples" / "heartbeat"
RECORDING = HEARTBEAT / "recording.jsonl"
ITERATIONS = 30


@dataclass(frozen=True)
class Trace:
    """What was seen of one run."""

    result: dict[str, Any]
    events: list[Event]
    calls: list[CallRow]
    checkpoints: Path


async def follow(folder: Path, request: RunRequest, source: Source) -> Trace:
    events: list[Event] = []
    folder.mkdir(exist_ok=True)
    async with opened_jobs(folder, source, ProcessSandbox()) as jobs:
        run, _ = await jobs.submit(request)
        result = await jobs.run(run, events.append)
        return Trace(result, events, await jobs.calls(run).rows(), folder / DATABASE)


def heartbeat(folder: Path) -> Trace:
    records = folder / "records"
    subprocess.run([sys.executable, str(HEARTBEAT / "generate.py"), str(records)], check=True, capture_output=True)
    request = make_request(folder, records, task=read_task(HEARTBEAT / "task.yaml"), base=HEARTBEAT)
    return asyncio.run(follow(folder / "home", request, read_recording(RECORDING)))


def many(folder: Path) -> Trace:
    """Each improvement adds a line that does nothing: what is looked at is what the run itself costs."""
    data = make_dataset(folder / "numbers")
    script = make_script()
    for number in range(1, ITERATIONS + 1):
        line = LINE.replace("value", "x")
        # No comment: a program that differs by comments alone is not run.
        script[asked("improve", number)] = (f"IDEA: line {number}\n" + edit(line, f"{line}\n    _ = {number}"),)
    source = ScriptedSource(script, folder / "calls")
    request = make_request(folder, data, task=make_task(ITERATIONS), base=folder)
    return asyncio.run(follow(folder / "home-many", request, source))


def make_request(folder: Path, data: Path, **more: Any) -> RunRequest:
    return RunRequest(
        dataset=data, description=None, model="", sandbox="process", out=folder / f"out-{data.name}", **more
    )


# What is told


def round_trips(trace: Trace) -> list[str]:
    """The nodes that waited for a model, one after the other, before a program first ran."""
    asking = {call.node for call in trace.calls if call.kind == "chat"}
    trips: list[str] = []
    for event in trace.events:
        if (event.kind, event.node) == ("started", "execute"):
            break
        if event.kind == "started" and event.node in asking and event.node not in trips[-1:]:
            trips.append(event.node)
    return trips


def improvements(calls: Iterable[CallRow]) -> dict[int, tuple[int, int]]:
    """Calls and tokens to the model of each improvement."""
    found: dict[int, tuple[int, int]] = {}
    for call in calls:
        if call.iteration:
            count, tokens = found.get(call.iteration, (0, 0))
            found[call.iteration] = count + 1, tokens + call.input_tokens
    return found


def per_candidate(trace: Trace) -> tuple[float, float]:
    """Calls of the model and tokens to it, of the whole run, for each candidate that was scored."""
    scored = sum(version["validation"] is not None for version in trace.result["versions"])
    asked = [call for call in trace.calls if call.kind == "chat"]
    return len(asked) / scored, sum(call.input_tokens for call in asked) / scored


def stored(file: Path) -> dict[int, list[int]]:
    """Bytes of each superstep in the checkpoints, by iteration."""
    serde = JsonPlusSerializer(allowed_msgpack_modules=None)
    with sqlite3.connect(file) as database:
        written = dict(
            database.execute("SELECT checkpoint_id, sum(length(value)) FROM writes GROUP BY checkpoint_id").fetchall()
        )
        rows = database.execute("SELECT checkpoint_id, type, checkpoint, length(metadata) FROM checkpoints").fetchall()
    database.close()
    found: defaultdict[int, list[int]] = defaultdict(list)
    for identity, kind, blob, metadata in rows:
        iteration = serde.loads_typed((kind, blob))["channel_values"].get("iteration", 0)
        found[iteration].append(len(blob) + metadata + written.get(identity, 0))
    return found


def node_seconds(events: list[Event]) -> dict[str, list[float]]:
    """From the first start to the last end of a node, where several of it run side by side."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    began: dict[str, float] = {}
    running: defaultdict[str, int] = defaultdict(int)
    for event in events:
        if event.kind == "started":
            began.setdefault(event.node, event.seconds)
            running[event.node] += 1
        elif event.kind == "finished":
            running[event.node] -= 1
            if not running[event.node]:
                found[event.node].append(event.seconds - began.pop(event.node))
    return found


# How it is told


def table(title: str, rows: Iterable[tuple[Any, ...]], *heads: str) -> None:
    lines = [tuple(map(str, row)) for row in (heads, *rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    print(f"\n{title}")
    for line in lines:
        pairs = zip(line, widths, strict=True)
        cells = [text.rjust(w) if place else text.ljust(w) for place, (text, w) in enumerate(pairs)]
        print("  " + "  ".join(cells).rstrip())


def show_replay(trace: Trace) -> None:
    best = trace.result["best"]
    print(f"heartbeat, replayed on generated records, process sandbox: {trace.result['usage']['seconds']:.1f} s")
    print(f"test f1 {best['test']['f1']:.4f}, version {best['version']} of {len(trace.result['versions'])}")
    trips = round_trips(trace)
    print(f"\nModel round trips before a program first runs (side by side counts once): {len(trips)}")
    print(f"  {', '.join(trips)}")
    rows = [(number, calls, f"{tokens:,}") for number, (calls, tokens) in improvements(trace.calls).items()]
    table("Each improvement", rows, "iteration", "calls", "input tokens")
    calls, tokens = per_candidate(trace)
    print(
        f"\nEach scored candidate, drafts and document shared among all: {calls:.1f} calls, {tokens:,.0f} input tokens"
    )
    print("  (the paper's own runs: 10.7 calls, about 400,000 tokens)")
    seconds = node_seconds(trace.events).items()
    rows = [(node, len(times), f"{sum(times):.2f}", f"{max(times):.2f}") for node, times in seconds]
    table("Seconds", rows, "node", "times", "together", "longest")


def show_growth(name: str, trace: Trace) -> None:
    found = stored(trace.checkpoints)
    shown = [(number, sizes) for number, sizes in found.items() if number < 4 or number % 5 == 0]
    rows = [(number, len(sizes), f"{statistics.mean(sizes):,.0f}", f"{max(sizes):,}") for number, sizes in shown]
    table(f"Checkpoint bytes per superstep: {name}", rows, "iteration", "steps", "mean", "most")
    whole = [numbers for number, numbers in found.items() if 1 <= number < max(found)]
    if len(whole) > 1:
        growth = statistics.mean(whole[-1]) / statistics.mean(whole[0]) - 1
        print(f"  from iteration 1 to {len(whole)}: {growth:+.1%} per superstep")
    tokens = [count for _, count in improvements(trace.calls).values()]
    print(f"  tokens to the model for an improvement: {tokens[0]:,} for the first, {tokens[-1]:,} for the last")
    print(f"  together {sum(map(sum, found.values())):,} bytes; the file has {trace.checkpoints.stat().st_size:,}")


def show_sandboxes(report: Report) -> None:
    title = f"Milliseconds for a program that prints one word, median of {ROUNDS}, in turn"
    table(title, report.latency, "where", "p50", "p95", "ratio of the medians")
    rates = f"Runs per second, {RUNS} runs"
    table(rates, report.throughput, "where", *(f"{count} at once" for count in AT_ONCE))
    table("Memory of one sandbox that is kept ready", report.memory, "which", "MiB")
    for line in report.missing:
        print(f"not here: {line}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="autoiot-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        trace = heartbeat(folder)
        show_replay(trace)
        show_growth("heartbeat", trace)
        long = many(folder)
        assert len(long.result["versions"]) == ITERATIONS + 1, json.dumps(long.result["versions"][-1])
        show_growth(f"a scripted job of {ITERATIONS} iterations", long)
        show_sandboxes(asyncio.run(compare(folder / "numbers")))


if __name__ == "__main__":
    main()
