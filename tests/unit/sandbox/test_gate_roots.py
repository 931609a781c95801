from pathlib import Path, PurePosixPath

import pytest

from sandbox.gate.refusal import Refused
from sandbox.gate.roots import Roots, of_folders, of_mounts


def test_a_folder_has_the_path_of_the_innermost_mount(tmp_path: Path) -> None:
    (tmp_path / "data" / "inner" / "x").mkdir(parents=True)
    roots = Roots({tmp_path: PurePosixPath("/a"), tmp_path / "data" / "inner": PurePosixPath("/b")})
    found = [roots.on_the_host(PurePosixPath(tmp_path, path)) for path in ("data", "data/inner", "data/inner/x")]
    assert found == [PurePosixPath(path) for path in ("/a/data", "/b", "/b/x")]


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    """The host would follow it from where the volume is there."""
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("/")
    (tmp_path / "inside").symlink_to("real")
    (tmp_path / "real" / "file").touch()
    roots = of_folders([tmp_path])
    for path in ("out", "out/etc", "inside", "real/file", "gone", "real/../real", "real\0"):
        with pytest.raises(Refused):
            roots.on_the_host(PurePosixPath(f"{tmp_path}/{path}"))


def test_a_name_that_only_begins_alike_is_another_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "database").mkdir()
    with pytest.raises(Refused):
        of_folders([tmp_path / "data"]).on_the_host(PurePosixPath(tmp_path / "database"))


def test_the_socket_of_the_engine_is_no_folder_for_programs() -> None:
    mounts = [
        {"Type": "volume", "Source": "/var/lib/docker/volumes/home/_data", "Destination": "/data"},
        {"Type": "bind", "Source": "/srv/records", "Destination": "/datasets/records"},
        {"Type": "bind", "Source": "/var/run/docker.sock", "Destination": "/var/run/docker.sock"},
        {"Type": "tmpfs", "Source": "", "Destination": "/data/tmp"},
    ]
    found = of_mounts(mounts, [Path("/data"), Path("/datasets")])
    assert found.folders == {
        Path("/data"): PurePosixPath("/var/lib/docker/volumes/home/_data"),
        Path("/datasets/records"): PurePosixPath("/srv/records"),
    }
