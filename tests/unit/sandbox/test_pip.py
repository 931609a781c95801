import json
from pathlib import Path
from typing import Any

import pytest
from fakes.wheel import make_wheel

from sandbox.digests import digests, sha256
from sandbox.environment import Package
from sandbox.packages import closure
from sandbox.pip import fetch, refusal
from sandbox.preparation import read_wheel

MARKS = {
    "implementation_name": "cpython",
    "python_version": "3.11",
    "sys_platform": "linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
}


class ScriptedPip:
    """Resolves to the wheels of a folder, and downloads from it."""

    def __init__(self, index: Path, *, with_hashes: bool = True) -> None:
        self.index, self.with_hashes = index, with_hashes
        self.calls: list[list[str]] = []
        self.constraints = ""

    def __call__(self, arguments: list[str], folder: Path) -> None:
        self.calls.append(arguments)
        if arguments[0] == "install":
            self.constraints = Path(option(arguments, "--constraint")).read_text()
            found = {"install": [self.item(wheel) for wheel in sorted(self.index.glob("*.whl"))], "environment": MARKS}
            Path(option(arguments, "--report")).write_text(json.dumps(found))
        else:
            assert Path(option(arguments, "--dest")) == folder
            for pin in (word for word in arguments if "==" in word):
                wheel = next(self.index.glob(f"{pin.replace('==', '-')}-*"))
                (folder / wheel.name).write_bytes(wheel.read_bytes())

    def item(self, wheel: Path) -> dict[str, Any]:
        name, version, *_ = wheel.name.split("-")
        archive = {"hashes": {"sha256": sha256(wheel)}} if self.with_hashes else {}
        url = f"https://example.org/a/{wheel.name.replace('+', '%2B')}#sha256=0"
        return {
            "download_info": {"url": url, "archive_info": archive},
            "metadata": {"name": name, "version": version},
        }


def option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    make_wheel(tmp_path / "index", "tiny", "1.0+cpu", needs="other")
    return make_wheel(tmp_path / "index", "other").parent


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


def test_wheels_are_fetched_once(index: Path, wheels: Path) -> None:
    pip = ScriptedPip(index)
    fetched = fetch(pip, wheels, ["tiny>=1"], index="https://example.org/simple")
    assert fetched.python == "cpython3.11-linux-x86_64"
    assert digests(fetched.wheels) == digests(index.glob("*"))
    assert [call[0] for call in pip.calls] == ["install", "download"]
    for call in pip.calls:
        # What is built from source runs code of strangers.
        assert option(call, "--only-binary") == ":all:"
        assert option(call, "--index-url") == "https://example.org/simple"
    assert "--dry-run" in pip.calls[0]
    assert pip.calls[0][-1] == "tiny>=1"
    assert pip.calls[1][-2:] == ["other==1.0", "tiny==1.0+cpu"]
    assert f"numpy=={closure()['numpy']}\n" in pip.constraints
    assert fetch(pip, wheels, ["tiny>=1"]) == fetched
    assert [call[0] for call in pip.calls[2:]] == ["install"]
    assert "--index-url" not in pip.calls[2]
    assert {path.name for path in wheels.iterdir()} == {path.name for path in index.iterdir()}


@pytest.mark.parametrize("with_hashes", [True, False])
def test_a_wheel_that_was_changed_is_fetched_again(index: Path, wheels: Path, with_hashes: bool) -> None:
    pip = ScriptedPip(index, with_hashes=with_hashes)
    first, *_ = fetch(pip, wheels, ["tiny"]).wheels
    first.write_bytes(b"something else")
    assert digests(fetch(pip, wheels, ["tiny"]).wheels) == digests(index.glob("*"))


def test_what_is_installed_already_needs_no_wheel(tmp_path: Path, wheels: Path) -> None:
    pip = ScriptedPip(tmp_path / "empty")
    assert fetch(pip, wheels, ["scipy"]).wheels == ()
    assert [call[0] for call in pip.calls] == ["install"]


def test_a_wheel_tells_what_it_is(index: Path) -> None:
    assert read_wheel(next(index.glob("tiny*"))) == Package("tiny", "1.0+cpu", ("tiny",))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            "ERROR: Could not find a version that satisfies the requirement x==9 (from versions: 1)\n"
            "ERROR: No matching distribution found for x==9\n",
            "No matching distribution found for x==9: no such package or version, or none as a wheel for this Python",
        ),
        (
            "ERROR: Cannot install x because these package versions have conflicting dependencies.\n\n"
            "The conflict is caused by:\n    x 1.0 depends on numpy<2\n"
            "    The user requested (constraint) numpy==2.4.6\n\nTo fix this you could try to:\n"
            "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io\n",
            "these packages do not go together: x 1.0 depends on numpy<2; The user requested (constraint) numpy==2.4.6",
        ),
        (
            "WARNING: Retrying (Retry(total=1, connect=None)) after connection broken by 'NewConnectionError()'\n"
            "ERROR: No matching distribution found for x\n",
            "the index cannot be reached: check the network, --index and, with Docker, --network",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
            "the disk is full: make room, then build again",
        ),
        ("Segmentation fault\n", "pip failed: Segmentation fault"),
        ("", "pip failed: without a word"),
    ],
)
def test_what_pip_says_becomes_one_line(said: str, line: str) -> None:
    assert str(refusal(said)) == line
