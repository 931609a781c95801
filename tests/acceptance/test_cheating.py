# ruff: noqa: ASYNC240, PTH123 (nobody else waits for this event loop)
"""A score that no candidate can author: programs that try, in every sandbox that works here."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes.jobs import opened_jobs
from fakes.places import HEARTBEAT, MITDB, opened
from fakes.source import ScriptedSource, script_of

from app.datasets.bench import Bench
from app.datasets.dataset import Dataset, open_dataset
from app.datasets.truth import read_truth
from app.db.plain import finite
from app.jobs.progress import nobody
from app.jobs.request import RunRequest
from app.jobs.taskfile import parse_task
from graph.executions import PREDICTIONS
from graph.scoring.base import Truth
from graph.scoring.predictions import perfect
from graph.scoring.r_peaks import RPeaks
from graph.scoring.registry import open_scorer
from graph.values import Measurement
from sandbox.base import ExecResult, Program, Sandbox
from sandbox.limits import Limits
from sandbox.protocol import OUTPUT, WORK

PROGRAMS = Path(__file__).parent / "programs"
LIMITS = Limits(seconds=120, memory_mb=1024, output_mb=8)
CANARY = "b7c1-canary-of-the-environment"
# /dev/mqueue belongs to the container's own IPC namespace, and is gone with it.
WRITABLE = {OUTPUT, WORK, "/dev/shm", "/dev/mqueue"}


def read(name: str) -> str:
    return (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Heart:
    """Synthetic records with labels that are worth looking for."""

    dataset: Dataset
    bench: Bench

    def labels(self, split: str) -> dict[str, bytes]:
        """The files that hold the labels, whole."""
        units = self.dataset.of(split)
        return {path: self.dataset.path(path).read_bytes() for unit in units for path in unit.label_files}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records") / "records"
    make_records(folder, "--records", "9", "--seconds", "40")
    return folder


def make_records(folder: Path, *options: str) -> None:
    subprocess.run(
        [sys.executable, str(HEARTBEAT / "generate.py"), str(folder), *options], check=True, capture_output=True
    )


@pytest.fixture(scope="module")
def heart(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heart]:
    dataset = open_dataset(records)
    bench = Bench(dataset, RPeaks(100.0), tmp_path_factory.mktemp("bench") / "inputs")
    yield Heart(dataset, bench)
    bench.close()


def needles(heart: Heart) -> dict[str, bytes]:
    """What only labels hold: the annotation files, and the rows of a perfect answer."""
    found = {f"{split} {name}": data for split in ("validation", "test") for name, data in heart.labels(split).items()}
    for split in ("validation", "test"):
        rows = perfect(read_truth(heart.dataset, split)).splitlines()
        found[f"rows of {split}"] = b"\n".join(rows[1:4])
    return found | {"environment": CANARY.encode()}


def armed(heart: Heart, extra: dict[str, bytes]) -> str:
    """The spy, told what to look for."""
    wanted = {name: data.hex()[::-1] for name, data in (needles(heart) | extra).items()}
    names = [Path(path).name for split in ("validation", "test") for path in heart.labels(split)]
    return (
        read("spy")
        .replace("NEEDLES: dict[str, str] = {}", f"NEEDLES: dict[str, str] = {wanted!r}")
        .replace("NAMES: list[str] = []", f"NAMES: list[str] = {names!r}")
    )


@dataclass(frozen=True)
class Spied:
    report: dict[str, Any]
    result: ExecResult


@pytest.fixture(scope="module")
def spied(confined: Sandbox, heart: Heart) -> tuple[Spied, Spied]:
    """What a spy found and left, and what a second one found after it."""
    control = next(iter(heart.labels("train").values()))
    source = armed(heart, {"control": control, "earlier": b"left by an earlier candidate"})

    async def spy() -> Spied:
        result = await confined.run(Program(source, await heart.bench.inputs("validation")), LIMITS)
        assert result.ok, result.stderr
        return Spied(json.loads(result.stdout), result)

    with pytest.MonkeyPatch.context() as patch, open(heart.dataset.path(next(iter(heart.labels("test")))), "rb"):
        patch.setenv("AUTOIOT_CANARY", CANARY)
        return asyncio.run(spy()), asyncio.run(spy())


def test_a_spy_finds_no_label(spied: tuple[Spied, Spied]) -> None:
    report = spied[0].report
    # It finds what it is meant to see, so it looks well: a label file of train, and no other.
    assert {name for name, _ in report["found"]} == {"control"}
    assert all(path.startswith("/input/labelled/") for _, path in report["found"])
    assert report["read"] > 20
    assert report["paths"] > 1000


def test_a_spy_writes_and_reaches_nothing_else(spied: tuple[Spied, Spied]) -> None:
    assert set(spied[0].report["wrote"]) <= WRITABLE
    assert OUTPUT in spied[0].report["wrote"]
    assert spied[0].report["reached"] == []


def test_a_program_finds_nothing_of_the_one_before(spied: tuple[Spied, Spied]) -> None:
    before, after = spied
    assert before.report["wrote"] == after.report["wrote"]
    assert before.report["found"] == after.report["found"]
    assert not [path for name, path in after.report["found"] if name == "earlier"]


async def test_what_a_program_leaves_changes_no_score(spied: tuple[Spied, Spied], heart: Heart) -> None:
    left = spied[0].result
    assert {"result.json", "scores.json", "truth.csv"} <= set(left.files)
    assert {f"link{number}" for number in range(5)} <= set(left.skipped)
    measured = await heart.bench.score("validation", left.files[PREDICTIONS])
    assert finite(measured.metrics) == finite((await honest(heart)).metrics)


async def honest(heart: Heart) -> Measurement:
    """What the spy's own predictions are worth."""
    rows = [f"{unit},100\n" for unit in heart.bench.units("validation")]
    return await heart.bench.score("validation", "".join(["unit,sample\n", *rows]).encode())


SPOILED = {
    "a link to a file of the system": "(o / 'predictions.csv').symlink_to('/etc/passwd')",
    "a link to labels": "(o / 'predictions.csv').symlink_to(next((i / 'labelled').glob('*.atr')))",
    "a link to itself": "(o / 'predictions.csv').symlink_to('predictions.csv')",
    "a link to its own environment": "(o / 'predictions.csv').symlink_to('/proc/self/environ')",
    "a pipe": "os.mkfifo(o / 'predictions.csv')",
    "a folder": "(o / 'predictions.csv').mkdir(); (o / 'predictions.csv' / 'a.csv').write_text('unit,sample')",
    "a socket": "socket.socket(socket.AF_UNIX).bind(str(o / 'predictions.csv'))",
}


@pytest.mark.parametrize("what", SPOILED)
async def test_predictions_that_are_no_plain_file_are_not_taken(what: str, confined: Sandbox, heart: Heart) -> None:
    source = (
        "import os, pathlib, socket, sys\n"
        "i, o = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[4])\n"
        "try:\n"
        f"    {SPOILED[what]}\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    result = await confined.run(Program(source, await heart.bench.inputs("validation")), LIMITS)
    assert result.ok, result.stderr
    assert PREDICTIONS not in result.files
    # Where the sandbox itself refuses it, nothing is left at all.
    assert result.stdout or any(name.startswith(PREDICTIONS) for name in (*result.skipped, *result.files))


async def test_a_file_over_the_limit_is_no_score(confined: Sandbox, heart: Heart) -> None:
    source = (
        "import sys\nwith open(sys.argv[4] + '/predictions.csv', 'w') as f:\n    f.write('unit,sample\\n' * (1 << 20))"
    )
    result = await confined.run(Program(source, await heart.bench.inputs("validation")), LIMITS)
    assert not result.ok
    assert len(result.files.get(PREDICTIONS, b"")) <= LIMITS.output_mb << 20


async def test_a_scorer_of_the_users_own_is_confined_too(confined: Sandbox, heart: Heart, tmp_path: Path) -> None:
    hidden = [str(tmp_path), str(heart.dataset.folder), str(Path.home() / ".ssh"), str(HEARTBEAT)]
    source = read("greedy_scorer").replace("HOST_PATHS: list[str] = []", f"HOST_PATHS: list[str] = {hidden!r}")
    (tmp_path / "scorer.py").write_text(source)
    scorer = open_scorer(
        "scorer.py", tolerance_ms=100, base=tmp_path, sandbox=confined, limits=LIMITS, kind="samples", metric="hit"
    )
    truth = read_truth(heart.dataset, "validation")
    assert (await scorer.score(truth, perfect(truth))).metrics == {"hit": 1.0, "reached": 0.0}
    assert Path(hidden[0]).exists()


# What a program sees of a class that a path tells


CLASSES = {"walk": range(12), "run": range(12, 24)}
FOLDERS = """\
name: motions
inputs: ["*/*.csv"]
labels: {kind: folder}
split:
  train: [u00, u01, u12, u13]
  validation: [u02, u03, u04, u05, u06, u14, u15, u16, u17, u18]
  test: [u07, u08, u09, u10, u11, u19, u20, u21, u22, u23]
"""
LISTS = """\
import json, os, sys
folder = os.path.join(sys.argv[2], "unlabelled")
entries = list(os.scandir(folder))
stats = {entry.name: entry.stat() for entry in entries}
print(json.dumps({
    "listed": [entry.name for entry in entries],
    "facts": {name: [s.st_mtime_ns, s.st_mode, s.st_size, s.st_uid, s.st_nlink] for name, s in sorted(stats.items())},
    "changed": sorted(stats, key=lambda name: (stats[name].st_ctime_ns, name)),
    "numbered": sorted(stats, key=lambda name: stats[name].st_ino),
}))
"""


def make_motions(folder: Path, classes: dict[str, range]) -> Dataset:
    """One class after the other, each with times of its own: what a naive copy would give away."""
    folder.mkdir()
    (folder / "dataset.yaml").write_text(FOLDERS)
    for place, (name, numbers) in enumerate(classes.items()):
        for number in numbers:
            path = folder / name / f"u{number:02d}.csv"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"x\n{number * 0.37:08.3f}\n")
            os.utime(path, (1_000_000 * (place + 1), 1_000_000 * (place + 1)))
    return open_dataset(folder)


async def listed(sandbox: Sandbox, folder: Path, classes: dict[str, range]) -> tuple[dict[str, Any], Truth]:
    dataset = make_motions(folder, classes)
    bench = Bench(dataset, None, folder.parent / f"{folder.name}-inputs")
    result = await sandbox.run(Program(LISTS, await bench.inputs("validation")), LIMITS)
    assert result.ok, result.stderr
    return json.loads(result.stdout), read_truth(dataset, "validation")


async def test_nothing_about_a_file_tells_its_class(confined: Sandbox, tmp_path: Path) -> None:
    seen, truth = await listed(confined, tmp_path / "one", CLASSES)
    # The same files, made in another order and under the other class.
    swapped = {"run": CLASSES["walk"], "walk": CLASSES["run"]}
    again, other = await listed(confined, tmp_path / "two", swapped)
    assert sorted(truth.frame["label"]) == ["run"] * 5 + ["walk"] * 5
    assert list(truth.frame["label"]) != list(other.frame["label"])
    assert seen["facts"] == again["facts"]
    assert not any(name in str(seen) for name in (*CLASSES, "u0", "u1", "u2"))
    labels = {f"{unit}.csv": label for unit, label in zip(truth.frame["unit"], truth.frame["label"], strict=True)}
    for order in ("listed", "changed", "numbered"):
        in_order = [labels[name] for name in seen[order]]
        assert in_order not in (sorted(in_order), sorted(in_order, reverse=True)), order


# The published program


HEART_TASK = {
    "name": "heartbeat",
    "target": "Find the R-peaks.",
    "input": "WFDB records.",
    "output": "predictions.csv with a row for each peak.",
    "scoring": {"scorer": "r_peaks", "metric": "f1", "direction": "maximize"},
    "search": {"policy": "linear"},
    "iterations": 1,
}
Follow = Callable[[Path, Path | None, list[str], Sandbox], Any]


@pytest.fixture
def follow(tmp_path: Path) -> Follow:
    """A whole job with the decent detector first, and the improvements given; its result folder."""

    async def run(data: Path, description: Path | None, improvements: list[str], sandbox: Sandbox) -> Path:
        script = script_of(
            read("decent"), "find_beats", improvements, "def find_beats(signal: np.ndarray, rate: float) -> np.ndarray"
        )
        source = ScriptedSource(script, tmp_path / "calls")
        request = RunRequest(
            task=parse_task(HEART_TASK | {"iterations": len(improvements)}, "task"),
            base=tmp_path,
            dataset=data,
            description=description,
            model="scripted",
            sandbox=sandbox.name,
            out=tmp_path / "out",
        )
        async with opened_jobs(tmp_path, source, sandbox) as jobs:
            run, _ = await jobs.submit(request)
            await jobs.run(run, nobody)
        return request.out

    return run


def check_published(out: Path, most: float, least: float) -> None:
    result = json.loads((out / "result.json").read_text())
    decent, published = result["versions"][0], result["versions"][1]
    assert (published["status"], published["claim"]) == ("ok", {"f1": 0.9997})
    assert least < published["validation"]["f1"] < most
    assert decent["validation"]["f1"] > 0.85
    # It claims the most, and is not chosen.
    assert result["best"]["version"] == 1
    assert published["claim"]["f1"] > decent["claim"]["f1"]
    page = (out / "report.html").read_text()
    assert "0.9997" in page
    assert f"{published['validation']['f1']:.4f}"[:5] in page


async def test_the_published_program_claims_most_and_is_not_chosen(
    records: Path, follow: Follow, confined: Sandbox
) -> None:
    out = await follow(records, None, [read("published")], confined)
    check_published(out, most=0.7, least=0.1)


async def test_the_published_program_on_the_records_that_it_was_published_with(follow: Follow) -> None:
    if not MITDB.is_dir():
        pytest.skip(f"the MIT-BIH records are not at {MITDB}")
    out = await follow(MITDB, HEARTBEAT / "mitdb.dataset.yaml", [read("published")], opened("auto"))
    check_published(out, most=0.6, least=0.4)


async def test_a_spy_among_the_candidates_gets_the_score_of_its_predictions(
    records: Path, follow: Follow, confined: Sandbox, heart: Heart
) -> None:
    out = await follow(records, None, [armed(heart, {})], confined)
    decent, spy = json.loads((out / "result.json").read_text())["versions"]
    assert spy["validation"] == finite((await honest(heart)).metrics)
    assert json.loads((out / "result.json").read_text())["best"]["version"] == decent["version"]
