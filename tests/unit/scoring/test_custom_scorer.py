import json
from pathlib import Path

import pytest
from truths import beats

from graph.errors import PredictionsInvalid, ScorerRefused
from graph.scoring.custom import CustomScorer
from graph.scoring.predictions import perfect
from sandbox.base import ExecResult, Outcome, Program
from sandbox.errors import SandboxBroken
from sandbox.limits import Limits

TRUTH = beats({"a": [100, 200], "b": []})


class ScriptedSandbox:
    """Keeps what it was given, and returns what it was told to."""

    name = "scripted"

    def __init__(self, exit_code: int = 0, stderr: str = "", scores: bytes | None = b'{"metrics": {"f1": 1}}') -> None:
        self.outcome = Outcome.NONZERO_EXIT if exit_code else Outcome.OK
        self.exit_code = exit_code
        self.stderr = stderr
        self.files = {} if scores is None else {"scores.json": scores}
        self.inputs: dict[str, tuple[int, bytes]] = {}
        self.failure: Exception | None = None

    async def run(self, program: Program, limits: Limits) -> ExecResult:
        if self.failure:
            raise self.failure
        self.inputs = {path.name: (_mode(path), path.read_bytes()) for path in program.inputs.iterdir()}
        self.inputs["."] = (_mode(program.inputs), b"")
        return ExecResult(
            self.outcome, self.exit_code, "", self.stderr, 0, len(self.stderr), 1, 1, 1, "none", self.files
        )


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def score(sandbox: ScriptedSandbox, predictions: bytes | None = None, metric: str = "") -> dict[str, float]:
    scorer = CustomScorer("", sandbox=sandbox, limits=Limits(), kind="samples", name="my.py", metric=metric)
    return (await scorer.score(TRUTH, perfect(TRUTH) if predictions is None else predictions)).metrics


async def test_what_it_is_given() -> None:
    sandbox = ScriptedSandbox()
    text = b"unit,sample,sure\na,100,0.9\n"
    assert await score(sandbox, text) == {"f1": 1}
    assert sandbox.inputs == {
        ".": (0o755, b""),
        "predictions.csv": (0o644, text),
        "truth.csv": (0o644, b"unit,sample\na,100\na,200\n"),
        "units.csv": (0o644, b"unit,rate,length\na,100.0,1000\nb,100.0,1000\n"),
    }


async def test_it_is_not_run_for_a_file_that_breaks_the_contract() -> None:
    sandbox = ScriptedSandbox()
    with pytest.raises(PredictionsInvalid, match="line 2"):
        await score(sandbox, b"unit,sample\na,-1\n")
    assert not sandbox.inputs


async def test_exit_code_3_blames_the_program() -> None:
    with pytest.raises(PredictionsInvalid, match=r"^too few rows$"):
        await score(ScriptedSandbox(3, "warning\ntoo few rows\n\n"))
    with pytest.raises(PredictionsInvalid, match="does not say why"):
        await score(ScriptedSandbox(3))


async def test_a_crash_is_the_scorers_fault() -> None:
    with pytest.raises(ScorerRefused, match=r"^my.py ended with code 1: KeyError: 'x'$"):
        await score(ScriptedSandbox(1, "Traceback\n  ...\nKeyError: 'x'\n"))
    slow = ScriptedSandbox()
    slow.outcome = Outcome.TIMEOUT
    with pytest.raises(ScorerRefused, match=r"^my.py was stopped after 300 s$"):
        await score(slow)


async def test_a_failure_of_the_sandbox_is_nobodys() -> None:
    sandbox = ScriptedSandbox()
    sandbox.failure = SandboxBroken()
    with pytest.raises(SandboxBroken):
        await score(sandbox)


async def test_the_metric_asked_for_has_to_be_there() -> None:
    assert await score(ScriptedSandbox(), metric="f1") == {"f1": 1}
    with pytest.raises(ScorerRefused, match="lacks the metric 'mae'"):
        await score(ScriptedSandbox(), metric="mae")


async def test_units_are_read() -> None:
    text = json.dumps({"metrics": {"f1": 0.5, "n": 3}, "units": {"a": {"f1": 1}, "b": {}}}).encode()
    scorer = CustomScorer("", sandbox=ScriptedSandbox(scores=text), limits=Limits(), kind="samples")
    measured = await scorer.score(TRUTH, perfect(TRUTH))
    assert measured.metrics == {"f1": 0.5, "n": 3} and measured.units == {"a": {"f1": 1}, "b": {}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "it wrote no scores.json"),
        (b"", "no strict JSON"),
        (b"\xff", "not UTF-8"),
        (b" " * (1 << 20) + b" ", "over 1 MiB"),
        (b"[" * 100_000, "no strict JSON"),
        (b"[1]", "scores.json has to be an object"),
        (b"{}", "metrics in scores.json has to be an object"),
        (b'{"metrics": {}}', "metrics in scores.json is empty"),
        (b'{"metrics": {"f1": NaN}}', "NaN is no number"),
        (b'{"metrics": {"f1": -Infinity}}', "-Infinity is no number"),
        (b'{"metrics": {"f1": 1e999}}', "f1 in scores.json is not finite"),
        (b'{"metrics": {"f1": 1' + b"0" * 400 + b"}}", "f1 in scores.json is not finite"),
        (b'{"metrics": {"f1": 1' + b"0" * 5000 + b"}}", "no strict JSON"),
        (b'{"metrics": {"f1": true}}', "f1 in scores.json is no number"),
        (b'{"metrics": {"f1": "1"}}', "f1 in scores.json is no number"),
        (b'{"metrics": {"f1": null}}', "f1 in scores.json is no number"),
        (b'{"metrics": {"f1": 1, "f1": 2}}', "'f1' is there twice"),
        (b'{"metrics": {"f\\n1": 1}}', "no name for a metric"),
        (b'{"metrics": {"f1": 1}, "units": [1]}', "units in scores.json has to be an object"),
        (b'{"metrics": {"f1": 1}, "units": {"c": {"f1": 1}}}', "the unit 'c', which is not in"),
        (b'{"metrics": {"f1": 1}, "units": {"a": 1}}', "has to be an object"),
        (b'{"metrics": {"f1": 1}, "best": 1}', "has 'best'"),
    ],
)
async def test_nonsense_is_refused_with_one_line(data: bytes | None, message: str) -> None:
    with pytest.raises(ScorerRefused) as refused:
        await score(ScriptedSandbox(scores=data))
    assert message in str(refused.value) and str(refused.value).startswith("my.py: ")
    assert len(str(refused.value).splitlines()) == 1
