"""On a folder that stands for /sys/fs/cgroup; the contract suite uses the real one."""

from pathlib import Path

import pytest

from sandbox import cgroups
from sandbox.errors import SandboxStuck
from sandbox.limits import MIB, Limits
from sandbox.server import this_server

LIMITS = Limits(memory_mb=100, pids=10, cpus=1.5)
DEAD = this_server().rsplit(":", 1)[0] + ":1"


def written(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_the_first_version_has_a_tree_for_each(tmp_path: Path) -> None:
    group = cgroups.create("me", LIMITS, tmp_path)
    assert group
    assert {shown: written(folder) for shown, folder in group.folders.items()} == {
        "/sys/fs/cgroup/memory": {"memory.limit_in_bytes": str(100 * MIB), "memory.swappiness": "0"},
        "/sys/fs/cgroup/pids": {"pids.max": "11"},
        "/sys/fs/cgroup/cpu": {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "150000"},
    }


def test_swap_is_counted_where_the_kernel_can(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.memsw.limit_in_bytes").touch()
    group = cgroups.create("me", LIMITS, tmp_path)
    assert group
    settings = written(group.folders["/sys/fs/cgroup/memory"])
    assert list(settings.values()) == [str(100 * MIB)] * 2


def test_the_second_version_has_one_tree(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids")
    group = cgroups.create("me", LIMITS, tmp_path)
    assert group
    assert {shown: written(folder) for shown, folder in group.folders.items()} == {
        "/sys/fs/cgroup": {
            "memory.max": str(100 * MIB),
            "memory.swap.max": "0",
            "pids.max": "11",
            "cpu.max": "150000 100000",
        }
    }
    assert (tmp_path / "autoiot" / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"


def test_where_nothing_can_be_written_there_is_no_group(tmp_path: Path) -> None:
    (tmp_path / "pids").touch()
    assert cgroups.create("me", LIMITS, tmp_path / "pids") is None


def test_a_kill_for_memory_is_read(tmp_path: Path) -> None:
    group = cgroups.create("me", LIMITS, tmp_path)
    assert group
    assert group.oom_kills() == 0
    (group.folders["/sys/fs/cgroup/memory"] / "memory.oom_control").write_text("under_oom 0\noom_kill 3\n")
    assert group.oom_kills() == 3


def test_only_what_a_dead_server_of_this_installation_left_is_removed(tmp_path: Path) -> None:
    names = {f"me@{DEAD}@1": True, f"me@{this_server()}@2": False, f"other@{DEAD}@3": False, "me": False}
    for name in names:
        (tmp_path / "pids" / "autoiot" / name).mkdir(parents=True)
    assert cgroups.sweep("me", tmp_path) == 1
    assert {path.name for path in (tmp_path / "pids" / "autoiot").iterdir()} == {
        n for n, left in names.items() if not left
    }


def test_a_group_that_stays_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "SECONDS_TO_DIE", 0.0)
    (tmp_path / "process that hangs").touch()
    with pytest.raises(SandboxStuck, match="a program does not end; it is still in"):
        cgroups.remove_folder(tmp_path)


def test_what_cannot_be_removed_does_not_stop_a_new_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cgroups, "SECONDS_TO_DIE", 0.0)
    (tmp_path / "pids" / "autoiot" / f"me@{DEAD}@1" / "process that hangs").mkdir(parents=True)
    assert cgroups.sweep("me", tmp_path) == 0
    assert "a program does not end" in caplog.text
