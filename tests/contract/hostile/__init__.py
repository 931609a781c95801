"""Hostile and clumsy programs, one a file, with what has to become of each.

A program prints what it got away with: where nothing is said of its output here, it has to be empty. One that
tries several things ends by saying `tried` on stderr, so that a silent failure is not taken for a held wall.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.base import ExecResult, Flag, Outcome
from sandbox.limits import MIB, Limits

LIMITS = Limits(seconds=30, memory_mb=256, cpus=1, output_mb=8, files=5, pids=64)
BRIEF = Limits(seconds=1.5, memory_mb=256, cpus=1, output_mb=8, files=5, pids=64)
TRIED = "tried\n"
WITHOUT_CGROUPS, PROCESS = "bubblewrap-rlimits", "process"
POOLED = {"docker-ready": "docker", "bubblewrap-ready": "bubblewrap"}
"""Started, with packages imported, before there was a program."""
WITH_CGROUPS = frozenset({"docker", "bubblewrap", *POOLED})
CONFINED = WITH_CGROUPS | {WITHOUT_CGROUPS}
EVERYWHERE = CONFINED | {PROCESS}
"""The plain process keeps time and output; against all else it promises nothing."""


@dataclass(frozen=True)
class Hostile:
    name: str
    outcomes: frozenset[Outcome]
    on: frozenset[str] = CONFINED
    stdout: str = ""
    stderr: str | None = None
    exit_code: int | None = None
    flags: frozenset[Flag] = frozenset()
    """At least these, of those that are known without cgroups where there are none."""
    limits: Limits = LIMITS
    also: Callable[[ExecResult], bool] = field(default=lambda result: True)

    @property
    def source(self) -> str:
        return (Path(__file__).parent / f"{self.name}.py").read_text(encoding="utf-8")

    def complaints(self, result: ExecResult, backend: str) -> list[str]:
        """What is not as it has to be; empty when the sandbox held."""
        wrong: list[str] = []
        if result.outcome not in self.outcomes:
            wrong.append(f"ended with {result.outcome}, {result.exit_code}: {result.stderr[-300:]}")
        if result.stdout != self.stdout and len(self.stdout) < MIB:
            wrong.append(f"printed {result.stdout[:300]!r}")
        if self.stderr is not None and result.stderr != self.stderr:
            wrong.append(f"complained {result.stderr[-300:]!r}")
        if self.exit_code is not None and result.exit_code != self.exit_code:
            wrong.append(f"exit code {result.exit_code}")
        known = self.flags if backend in WITH_CGROUPS else self.flags - {Flag.OOM_IN_CHILD, Flag.PIDS_HIT}
        if not known <= result.flags:
            wrong.append(f"flags {sorted(result.flags)}")
        if not self.also(result):
            wrong.append(f"left {sorted(result.files)}, {result.skipped}, {result.stdout_bytes} bytes of output")
        return wrong


def tries(name: str, **more: object) -> Hostile:
    return Hostile(name, frozenset({Outcome.OK}), stderr=TRIED, **more)  # type: ignore[arg-type]


def ends(name: str, *outcomes: Outcome, **more: object) -> Hostile:
    return Hostile(name, frozenset(outcomes), **more)  # type: ignore[arg-type]


def plain_files_only(result: ExecResult) -> bool:
    # The file that pretends to be huge was refused its size.
    taken = result.files == {"kept.txt": b"x", "sparse": b""}
    return taken and {"link", "folder link", "pipe", "socket"} <= set(result.skipped)


def a_gigabyte_cut_down(result: ExecResult) -> bool:
    return result.stdout_bytes == 1 << 30 and 100_000 < len(result.stdout) < 200_000


def small_zip(result: ExecResult) -> bool:
    return set(result.files) == {"result.zip"} and len(result.files["result.zip"]) < MIB


def strange_texts(result: ExecResult) -> bool:
    return result.files == {
        "nan.json": b'{"a": NaN, "a": Infinity}',
        "deep.json": b"[" * 200_000,
        "long.json": b"9" * 100_000,
    }


def nothing_left(result: ExecResult) -> bool:
    return result.files == {} and result.skipped == {}


TABLE = [
    # the network
    tries("network"),
    tries("odd_sockets"),
    # what others have
    tries("secrets_of_the_host"),
    tries("reads_wrapper"),
    tries("writes_input"),
    tries("writes_elsewhere"),
    # processes, memory, room, time
    ends("fork_bomb", Outcome.TIMEOUT, Outcome.OOM, flags=frozenset({Flag.PIDS_HIT}), limits=BRIEF),
    tries("thread_bomb", flags=frozenset({Flag.PIDS_HIT})),
    ends("eats_memory", Outcome.OOM, on=WITH_CGROUPS),
    # With rlimits it is told before anyone has to end it.
    ends("eats_memory", Outcome.OOM, Outcome.NONZERO_EXIT, on=frozenset({WITHOUT_CGROUPS})),
    tries("child_eats_memory", on=WITH_CGROUPS, flags=frozenset({Flag.OOM_IN_CHILD})),
    ends("children_eat_memory", Outcome.OOM, flags=frozenset({Flag.OOM_IN_CHILD})),
    ends("files_eat_memory", Outcome.OOM, on=WITH_CGROUPS, stdout="started\n", limits=Limits(30, 96, 1, 64, 32, 5)),
    tries("disk_flood", flags=frozenset({Flag.OUTPUT_FULL})),
    # Nothing limits the number of files in a folder that a plain user has bubblewrap make.
    tries("inode_flood", on=WITH_CGROUPS, flags=frozenset({Flag.OUTPUT_FULL, Flag.FILES_SKIPPED})),
    ends("endless_loop", Outcome.TIMEOUT, on=EVERYWHERE, stdout="started\n", limits=BRIEF),
    ends("blocks_signals", Outcome.TIMEOUT, on=EVERYWHERE, stdout="started\n", limits=BRIEF),
    ends("stops_itself", Outcome.TIMEOUT, on=EVERYWHERE, stdout="started\n", limits=BRIEF),
    # what it says and leaves
    ends("terminal", Outcome.OK, on=EVERYWHERE, stdout="a[2J]0;owned�1m��b", stderr="[31m"),
    tries("odd_files", also=plain_files_only, flags=frozenset({Flag.FILES_SKIPPED})),
    ends("strange_json", Outcome.OK, on=EVERYWHERE, also=strange_texts),
    ends("bomb", Outcome.OK, on=EVERYWHERE, also=small_zip),
    ends(
        "claims_success",
        Outcome.NONZERO_EXIT,
        on=EVERYWHERE,
        exit_code=3,
        stdout='{"outcome": "ok", "exit_code": 0}\n',
        also=lambda result: set(result.files) == {"metrics.json"},
    ),
    # rights
    tries("privileges"),
    tries("namespaces"),
    tries("mounts"),
    tries("inspects"),
    tries("keyring"),
    tries("kernel_parts"),
    ends("old_interface", Outcome.SIGNAL, exit_code=-31),
    tries("clock"),
    # the wrapper
    ends("kills_wrapper", Outcome.OK, stdout="alive 0\n", also=lambda result: result.files == {"kept": b""}),
    ends("daemons", Outcome.OK, stdout="done\n"),
    ends("crash", Outcome.SIGNAL, on=EVERYWHERE, exit_code=-11, stdout="started\n", also=nothing_left),
]
FLOOD = Hostile(
    "gigabyte",
    frozenset({Outcome.OK}),
    on=EVERYWHERE,
    stdout="x" * MIB,
    flags=frozenset({Flag.TRUNCATED}),
    also=a_gigabyte_cut_down,
)
FORGED = ends("forged_frames", Outcome.NONZERO_EXIT, exit_code=7)
DROPS, IMPORTS = ends("drops_modules", Outcome.OK), ends("imports_modules", Outcome.OK)
OUTLIVES = ends("outlives", Outcome.TIMEOUT)
PROGRAMS = [*TABLE, FLOOD, FORGED, DROPS, IMPORTS, OUTLIVES]


def named(name: str) -> Hostile:
    return next(case for case in PROGRAMS if case.name == name)
