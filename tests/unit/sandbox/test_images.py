import io
import tarfile
from pathlib import Path

from docker.errors import BuildError
from fakes.wheel import make_wheel

from sandbox.images import image_tag
from sandbox.images.context import pack, problem
from sandbox.images.extended import extended_tag
from sandbox.venvs import base_name, folder_name


def test_a_tag_tells_what_an_image_is_made_of(tmp_path: Path) -> None:
    one, other = make_wheel(tmp_path, "tiny"), make_wheel(tmp_path, "other")
    same = make_wheel(tmp_path / "elsewhere", "tiny")
    changed = make_wheel(tmp_path / "changed", "tiny", source="x = 1")
    tag = extended_tag(image_tag(), [one])
    assert tag.startswith("autoiot-sandbox:")
    assert tag == extended_tag(image_tag(), [same])
    assert len({image_tag(), tag, *(extended_tag("x", [one]), extended_tag(image_tag(), [changed]))}) == 4
    assert extended_tag(image_tag(), [one, other]) == extended_tag(image_tag(), [other, one])
    assert folder_name([one]) == folder_name([same]) != folder_name([changed])
    assert base_name() == base_name() != folder_name([])


def test_the_files_of_an_image_may_lie_on_disk(tmp_path: Path) -> None:
    wheel, stream = make_wheel(tmp_path, "tiny"), io.BytesIO()
    pack(stream, {"Dockerfile": b"FROM x", "wheels/tiny.whl": wheel})
    with tarfile.open(fileobj=stream) as archive:
        found = {entry.name: (entry.mode, archive.extractfile(entry).read()) for entry in archive}  # type: ignore
    assert found == {"Dockerfile": (0o644, b"FROM x"), "wheels/tiny.whl": (0o644, wheel.read_bytes())}


def test_a_failed_build_says_what_its_command_said() -> None:
    log = [{"stream": "Step 1\n"}, {"stream": "\x1b[91mERROR: No matching distribution"}, {"stream": " found\n"}, {}]
    assert problem(BuildError("it returned 1", iter(log))) == "No matching distribution found"
    assert problem(BuildError("it returned 1", iter([{"error": "x"}]))) == "it returned 1"
