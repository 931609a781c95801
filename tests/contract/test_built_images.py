"""Images and environments with packages that a task asks for, built by the real parts without any network."""

import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.index import serve_index
from fakes.wheel import make_wheel

from sandbox.base import Program
from sandbox.digests import digests
from sandbox.docker import DockerSandbox
from sandbox.docker_engine import connect
from sandbox.environment import Package
from sandbox.errors import PackagesMissing, PackagesRefused, SandboxUnavailable, WheelSpoiled
from sandbox.images import image_tag
from sandbox.images.extended import STAGE
from sandbox.inspection import MOST, inspect
from sandbox.inventory import inventory
from sandbox.limits import Limits
from sandbox.preparation import prepare_docker
from sandbox.record import Record
from sandbox.registry import Options, open_built, open_sandbox
from sandbox.store import Store
from sandbox.venvs import base_name, build_venv, folder_name, python_of

OWNER = f"tests-{uuid.uuid4().hex[:8]}"
# Something new each time, so that no image of an earlier run will do.
SOURCE = f"NUMBER = '{uuid.uuid4().hex}'\n"
PROGRAM = "import tiny, sys\nprint(tiny.NUMBER, tiny.__file__, sys.prefix)"
LIMITS = Limits(seconds=60, memory_mb=512)


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "inputs"
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture(scope="module")
def docker() -> Any:
    try:
        open_sandbox("docker", OWNER)
    except SandboxUnavailable as error:
        pytest.skip(f"docker: {error}")
    return connect()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("index")
    make_wheel(folder / "tiny", "tiny", source=SOURCE, needs="helper")
    make_wheel(folder / "helper", "helper", needs="numpy")
    make_wheel(folder / "picky", "picky", needs="numpy<2")
    (folder / "asource").mkdir()
    (folder / "asource" / "asource-1.0.tar.gz").write_bytes(b"")
    with serve_index(folder) as address:
        yield address


@pytest.fixture(scope="module")
def record(docker: Any, store: Store, index: str) -> Iterator[Record]:
    built = prepare_docker(docker, store, OWNER, ["tiny>=1"], network="host", index=index)
    yield built
    docker.images.remove(built.target, force=True)


async def test_an_image_with_what_a_task_asks_for(record: Record, store: Store, docker: Any, inputs: Path) -> None:
    assert record.packages == (Package("tiny", "1.0", ("tiny",)), Package("helper", "1.0", ("helper",)))
    sandbox = open_sandbox("docker", OWNER, Options(("tiny",), store))
    assert sandbox.environment.requirements(frozenset({"tiny"})) == ["tiny==1.0"]
    result = await sandbox.run(Program(PROGRAM, inputs), LIMITS)
    await sandbox.close()
    assert result.stdout.split()[0] == SOURCE.split("'")[1], result.stderr
    assert result.stdout.split()[1:] == ["/opt/venv/lib/python3.11/site-packages/tiny/__init__.py", "/opt/venv"]
    assert await inspect(sandbox, {"tiny": "1.0", "helper": "1.0"}) == []
    # The layer is as small as the packages, and no other copy of the wheels is kept.
    sizes = [docker.images.get(tag).attrs["Size"] for tag in (record.target, image_tag())]
    assert 0 < sizes[0] - sizes[1] < 1_000_000
    assert docker.images.list(filters={"label": f"{STAGE}={record.target}"}) == []


async def test_an_image_that_was_removed_is_built_again_without_network(
    record: Record, store: Store, docker: Any, inputs: Path
) -> None:
    docker.images.remove(record.target)
    assert [item.state for item in inventory(store) if item.record == record] == ["gone"]
    sandbox = open_sandbox("docker", OWNER, Options(("tiny",), store))
    assert (await sandbox.run(Program(PROGRAM, inputs), LIMITS)).ok
    await sandbox.close()
    assert [(i.state, i.more) for i in inventory(store) if i.where == record.target] == [("in use", "tiny>=1")]


def test_an_image_is_not_built_from_a_wheel_that_was_changed(record: Record, store: Store, docker: Any) -> None:
    wheel = next(store.wheels.glob("tiny*"))
    whole = wheel.read_bytes()
    docker.images.remove(record.target)
    wheel.write_bytes(b"something else")
    try:
        with pytest.raises(WheelSpoiled, match=r"tiny.*is changed"):
            open_sandbox("docker", OWNER, Options(("tiny",), store))
    finally:
        wheel.write_bytes(whole)
    open_sandbox("docker", OWNER, Options(("tiny",), store))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["picky"], r"these packages do not go together: .*picky 1.0 depends on numpy<2"),
        (["numpy==1.0"], "these packages do not go together"),
        (["nowhere"], "No matching distribution found for nowhere"),
        (["asource"], "or none as a wheel"),
        (["tiny>1"], "No matching distribution found for tiny>1"),
    ],
)
def test_what_cannot_be_had_leaves_nothing(docker: Any, index: str, tmp_path: Path, asked: list[str], why: str) -> None:
    store = Store(tmp_path / "home")
    with pytest.raises(PackagesRefused, match=why):
        prepare_docker(docker, store, OWNER, asked, network="host", index=index)
    assert [path.name for path in store.home.rglob("*") if path.is_file()] == ["lock"]


def test_an_index_that_cannot_be_reached(docker: Any, index: str, tmp_path: Path) -> None:
    with pytest.raises(PackagesRefused, match="the index cannot be reached"):
        prepare_docker(docker, Store(tmp_path), OWNER, ["tiny"], network="none", index=index)
    assert docker.containers.list(all=True, filters={"label": f"autoiot.sandbox={OWNER}"}) == []


def test_what_every_sandbox_has_needs_no_image_of_its_own(docker: Any, index: str, tmp_path: Path) -> None:
    assert prepare_docker(docker, Store(tmp_path), OWNER, ["scipy", "joblib"], network="host", index=index).target == (
        image_tag()
    )


async def test_an_image_that_is_not_what_it_was_built_as(docker: Any) -> None:
    sandbox = open_sandbox("docker", OWNER)
    assert isinstance(sandbox, DockerSandbox)
    unknown = replace(sandbox, environment=sandbox.environment.with_packages([Package("x", "1", ("nowhere",))]))
    assert await inspect(unknown, {"numpy": "1.0", "tiny": "1.0"}) == [
        f"numpy: {sandbox.environment.packages[0].version} instead of 1.0",
        "tiny 1.0 is not installed",
        "nowhere cannot be imported: ModuleNotFoundError: No module named 'nowhere'",
    ]


@pytest.fixture
def venv(tmp_path: Path) -> tuple[Store, Record]:
    """An environment of one package, none of those of every sandbox: their wheels would have to be fetched."""
    try:
        open_sandbox("bubblewrap", OWNER)
    except SandboxUnavailable as error:
        pytest.skip(f"bubblewrap: {error}")
    store = Store(tmp_path / "home")
    wheel = make_wheel(store.wheels, "tiny", source=SOURCE)
    packages = (Package("tiny", "1.0", ("tiny",)),)
    target = folder_name([wheel])
    record = Record("bubblewrap", base_name(), target, asked=("tiny",), packages=packages, wheels=digests([wheel]))
    store.save(record)
    return store, record


async def test_an_environment_for_bubblewrap(venv: tuple[Store, Record], inputs: Path) -> None:
    store, record = venv
    sandbox = open_sandbox("bubblewrap", OWNER, Options(("tiny",), store))
    result = await sandbox.run(Program(PROGRAM, inputs), LIMITS)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert result.stdout.split()[1:] == [f"/opt/venv/lib/{version}/site-packages/tiny/__init__.py", "/opt/venv"]
    hidden = await sandbox.run(
        Program(f"import os\nprint(os.listdir({str(store.home)!r}), os.listdir({str(store.environments)!r}))", inputs),
        LIMITS,
    )
    assert hidden.stdout == f"['environments'] ['{record.target}']\n", hidden.stderr
    ours = await sandbox.run(Program("import numpy", inputs), LIMITS)
    assert "No module named 'numpy'" in ours.stderr
    assert [(item.state, item.where) for item in inventory(store) if item.backend == "bubblewrap"] == [
        ("in use", str(store.environments / record.target))
    ]
    found = await inspect(open_built(record, OWNER, store), {"tiny": "1.0"})
    assert len(found) == MOST and all(line.endswith("is not installed") for line in found)


def test_what_a_killed_build_left_is_built_again(venv: tuple[Store, Record]) -> None:
    store, record = venv
    folder = store.environments / record.target
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    for left in (store.environments / ".empty-x", store.wheels / ".pip-x", store.environments / "another"):
        left.mkdir()
    python = build_venv(store, record)
    assert {path.name for path in store.environments.iterdir() if path.is_dir()} == {record.target}
    assert [path.name for path in store.wheels.iterdir()] == [next(iter(record.wheels))]
    assert python.samefile(sys.executable)
    before = python_of(folder).lstat().st_ino
    assert build_venv(store, record).lstat().st_ino == before


def test_an_environment_is_not_built_from_a_wheel_that_was_changed(venv: tuple[Store, Record]) -> None:
    store, record = venv
    next(store.wheels.glob("tiny*")).write_bytes(b"something else")
    with pytest.raises(WheelSpoiled, match="is changed"):
        open_sandbox("bubblewrap", OWNER, Options(("tiny",), store))
    assert not (store.environments / record.target).exists()
    with pytest.raises(PackagesMissing):
        open_sandbox("bubblewrap", OWNER, Options(("other",), store))
