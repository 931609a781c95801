from pathlib import Path

import pytest
from fakes.wheel import make_wheel

from sandbox.digests import digests
from sandbox.environment import Package, base_environment
from sandbox.errors import PackagesMissing, SandboxUnavailable, WheelSpoiled
from sandbox.record import Record, pick
from sandbox.registry import Options, open_sandbox
from sandbox.store import Store, build_command

BASE = Record("docker", "base", "base")


def built(target: str, *names: str, created: str = "2026-01-01") -> Record:
    packages = tuple(Package(name, "1.0", (name,)) for name in names)
    return Record("docker", "base", target, asked=names, packages=packages, created=created)


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ((), "base"),
        (("scipy", "joblib"), "base"),
        (("a",), "a2"),
        (("a>=1", "b"), "ab"),
        (("b",), "ab"),
        (("c",), None),
        (("a>1",), None),
        (("numpy==1.0",), None),
    ],
)
def test_the_fewest_packages_that_will_do_then_the_newest(asked: tuple[str, ...], target: str | None) -> None:
    records = [BASE, built("abc", "a", "b", "d"), built("a1", "a"), built("a2", "a", created="2026-02-01")]
    found = pick([*records, built("ab", "a", "b")], asked)
    assert (found and found.target) == target


def test_an_environment_of_its_own_goes_before_the_one_of_autoiot() -> None:
    assert pick([BASE, built("venv")], ()) == built("venv")


def test_programs_are_told_of_what_their_task_asks_for_only() -> None:
    record = built("ab", "a", "b")
    assert record.environment(()) == base_environment()
    assert record.environment(("b>=1", "numpy")).packages == (*base_environment().packages, Package("b", "1.0", ("b",)))
    assert "joblib" in record.environment(("joblib",)).importable()


def test_records_are_kept(tmp_path: Path) -> None:
    store, record = Store(tmp_path), built("autoiot-sandbox:1", "a")
    store.save(record)
    store.save(record)
    assert store.records("docker", "base") == [record]
    assert store.records("docker", "another") == store.records("bubblewrap", "base") == []


@pytest.mark.parametrize("text", ["", "[]", '{"backend": "docker"}', '{"backend": 1}'])
def test_a_file_that_is_no_record_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "docker-1.json").write_text(text)
    with pytest.raises(SandboxUnavailable, match=r"docker-1\.json: not a record of an environment; remove it"):
        Store(tmp_path).all()


def test_only_the_wheels_that_were_fetched_are_installed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    wheel = make_wheel(store.wheels, "tiny")
    record = Record("bubblewrap", "base", "tiny", asked=("tiny>=1",), wheels=digests([wheel]))
    assert store.fetched(record) == [wheel]
    wheel.write_bytes(wheel.read_bytes() + b" ")
    command = r"Run: autoiot images build --backend bubblewrap --package 'tiny>=1'$"
    with pytest.raises(WheelSpoiled, match=rf"tiny-1\.0-py3-none-any\.whl is changed\. {command}"):
        store.fetched(record)
    wheel.unlink()
    with pytest.raises(WheelSpoiled, match=f"is gone. {command}"):
        store.fetched(record)
    assert build_command(BASE) == "autoiot images build"


def test_the_plain_process_has_no_further_packages() -> None:
    with pytest.raises(PackagesMissing, match=r"The plain process has no torch\. Choose docker or bubblewrap"):
        open_sandbox("process", "tests", Options(("torch",)))
    sandbox = open_sandbox("process", "tests", Options(("joblib",)))
    assert "joblib" in sandbox.environment.importable()


@pytest.mark.parametrize("name", ["docker", "bubblewrap"])
def test_nothing_is_built_with_what_a_task_asks_for(name: str, tmp_path: Path) -> None:
    with pytest.raises(PackagesMissing, match=rf"for {name} that has torch\. Run: autoiot images build --task FILE"):
        open_sandbox(name, "tests", Options(("torch",), Store(tmp_path)))
    with pytest.raises(PackagesMissing):
        open_sandbox("auto", "tests", Options(("torch",), Store(tmp_path)))
