"""What it takes to run a program that does nothing: in a plain process, and in each sandbox."""

import asyncio
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.base import Program, Sandbox, Starter
from sandbox.docker_arguments import PYTHON
from sandbox.docker_engine import connect
from sandbox.errors import SandboxError
from sandbox.images import image_tag
from sandbox.limits import Limits
from sandbox.pool import PooledSandbox
from sandbox.registry import Options, open_sandbox
from sandbox.slots import Slots

ROUNDS, WARM_UPS = 30, 3
NOTHING = "print('ok')"
IMPORTS = "import numpy, scipy, pandas, sklearn\nprint('ok')"
AT_ONCE = (1, 2, 4, 8)
RUNS = 24
LIMITS = Limits(seconds=60)

Act = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Variant:
    name: str
    act: Act
    rest: Act
    """Between two measurements, not counted: e.g. until the next sandbox is ready."""


async def nothing() -> None:
    pass


async def outside(command: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = await process.communicate()
    assert out == b"ok\n", err


def bare_engine(client: Any) -> None:
    """The fastest that the engine's own client can do with a container of one's own for each run."""
    box = client.containers.create(
        image_tag(), [PYTHON, "-I", "-c", NOTHING], network_mode="none", network_disabled=True
    )
    box.start()
    assert box.wait()["StatusCode"] == 0
    box.remove()


def plain() -> list[Variant]:
    found = [Variant("a plain subprocess", lambda: outside([sys.executable, "-I", "-c", NOTHING]), nothing)]
    if bwrap := shutil.which("bwrap"):
        words = [bwrap, "--unshare-all", "--ro-bind", "/", "/", sys.executable, "-I", "-c", NOTHING]
        found.append(Variant("bare bubblewrap", lambda: outside(words), nothing))
    return found


def ours(backend: str, sandbox: Starter, folder: Path) -> tuple[list[Variant], list[PooledSandbox]]:
    idle = PooledSandbox(sandbox, size=1, imported=())
    warm = PooledSandbox(sandbox, size=1)

    def runs(where: Sandbox, source: str) -> Act:
        async def run() -> None:
            result = await where.run(Program(source, folder, recurring=True), LIMITS)
            assert result.stdout == "ok\n", result

        return run

    def filled(pool: PooledSandbox) -> Act:
        async def wait() -> None:
            while pool.tasks or not pool.waiting:  # noqa: ASYNC110 - nothing else happens meanwhile
                await asyncio.sleep(0.01)

        return wait

    return [
        Variant(f"{backend}, fresh", runs(sandbox, NOTHING), sandbox.close),
        Variant(f"{backend}, ready", runs(idle, NOTHING), filled(idle)),
        Variant(f"{backend}, ready with imports", runs(warm, NOTHING), filled(warm)),
        Variant(f"{backend}, fresh: imports", runs(sandbox, IMPORTS), sandbox.close),
        Variant(f"{backend}, ready with imports: imports", runs(warm, IMPORTS), filled(warm)),
    ], [idle, warm]


async def measure(variants: list[Variant]) -> dict[str, list[float]]:
    """Milliseconds; in turn, so that what else the machine does meets all alike."""
    found: dict[str, list[float]] = {variant.name: [] for variant in variants}
    for number in range(WARM_UPS + ROUNDS):
        for variant in variants:
            began = time.monotonic()
            await variant.act()
            if number >= WARM_UPS:
                found[variant.name].append(1000 * (time.monotonic() - began))
            await variant.rest()
    return found


async def throughput(act: Act, at_once: int) -> float:
    """Runs per second."""
    doors = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with doors:
            await act()

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(RUNS)))
    return RUNS / (time.monotonic() - began)


@dataclass(frozen=True)
class Report:
    latency: list[tuple[str, str, str, str]]
    throughput: list[tuple[str, ...]]
    memory: list[tuple[str, str]]
    missing: list[str]


async def compare(folder: Path) -> Report:
    variants, pools, missing = plain(), list[PooledSandbox](), list[str]()
    for backend in ("docker", "bubblewrap"):
        try:
            sandbox: Any = open_sandbox(backend, "bench", Options(slots=Slots(max(AT_ONCE))))
        except SandboxError as error:
            missing.append(f"{backend}: {error}")
            continue
        if backend == "docker":
            variants.append(Variant("bare engine", partial(asyncio.to_thread, bare_engine, connect()), nothing))
        more, opened = ours(backend, sandbox, folder)
        variants += more
        pools += opened
    found = await measure(variants)
    memory = [
        (f"{pool.name}, {'with' if pool.imported else 'without'} imports", f"{pool.memory_mb:.0f}") for pool in pools
    ]
    rates = [
        (variant.name, *[f"{await throughput(variant.act, count):.1f}" for count in AT_ONCE])
        for variant in variants
        if variant.name in ("a plain subprocess", "bare engine") or variant.name.endswith(", fresh")
    ]
    for pool in pools:
        await pool.close()
    return Report(latencies(found), rates, memory, missing)


def latencies(found: dict[str, list[float]]) -> list[tuple[str, str, str, str]]:
    medians = {name: statistics.median(times) for name, times in found.items()}
    rows: list[tuple[str, str, str, str]] = []
    for name, times in found.items():
        kind, _, program = name.partition(": ")
        backend = kind.partition(",")[0]
        against = f"{backend}, fresh: {program}" if program else "bare engine"
        ratio = f"{medians[name] / medians[against]:.3f} of {against}" if against in medians and against != name else ""
        rows.append((name, f"{medians[name]:.0f}", f"{statistics.quantiles(times, n=20)[-1]:.0f}", ratio))
    return rows
