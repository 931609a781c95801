"""`autoiot images`, where there is no engine and nothing is built."""

from pathlib import Path

import pytest
from fakes.command import Job, begin
from fakes.wheel import make_wheel

from sandbox.digests import digests
from sandbox.record import Record
from sandbox.store import Store
from sandbox.venvs import base_name


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Job:
    job = begin(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nowhere.sock")
    return job


def test_nothing_is_built(job: Job) -> None:
    said = job("images", "list")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Nothing is built. Run: autoiot images build (for bubblewrap: ")
    assert job("images", "check").complaint.startswith("Nothing is built. Run: autoiot images build")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--package", "x @ http://a/b.whl"], "--package 'x @ http://a/b.whl': packages come from an index, without"),
        (["--package", "--pre"], "--package '--pre' is not a package and its version"),
        (["--task", "nope.yaml"], "nope.yaml: No such file"),
        (["--backend", "process"], "'process' is not one of 'docker', 'bubblewrap'"),
        (["--package", "tiny"], "Docker Engine does not run"),
    ],
)
def test_what_cannot_be_built(job: Job, arguments: list[str], words: str) -> None:
    assert words in job("images", "build", *arguments).complaint
    assert not job.home.exists()


def test_an_index_that_cannot_be_reached(job: Job) -> None:
    # It asks for the packages of every sandbox first; those are not looked up elsewhere either.
    for name in ("PIP_CONFIG_FILE", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        job.monkeypatch.setenv(name, "/dev/null" if name == "PIP_CONFIG_FILE" else "")
    job.rewrite("{max_seconds: 60}", "{packages: [tiny]}")
    said = job("images", "build", "--backend", "bubblewrap", "--task", job.task, "--index", "http://127.0.0.1:9/simple")
    assert said.complaint.startswith("the index cannot be reached: check the network, --index")
    assert {path.name for path in job.home.rglob("*")} == {"environments", "wheels", "lock"}


def test_what_was_built_and_is_gone(job: Job) -> None:
    store = Store(job.home)
    wheel = make_wheel(store.wheels, "tiny")
    for base in (base_name(), "older"):
        store.save(Record("bubblewrap", base, f"of-{base}", asked=("tiny",), wheels=digests([wheel])))
    listed = job("images", "list").out
    assert [word for word in ("gone", "old", "in use", "tiny", f"of-{base_name()}") if word not in listed] == ["in use"]
    said = job("images", "check")
    assert said.code == 2
    assert said.out.endswith("it is gone. Run: autoiot images build --backend bubblewrap --package 'tiny'\n")
