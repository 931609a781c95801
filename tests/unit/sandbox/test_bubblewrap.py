import itertools
import threading
from pathlib import Path

import pytest

from sandbox.bubblewrap import UIDS, bwrap_arguments, free_uid, processes_counted_along
from sandbox.cgroups import Cgroup
from sandbox.limits import MIB, Limits
from sandbox.stage import mount_options

PYTHON = "/usr/bin/python3"


def arguments(*, as_root: bool) -> list[str]:
    return bwrap_arguments(PYTHON, Path("/a folder"), Limits(output_mb=3), as_root=as_root)


def has(words: list[str], *run: str) -> bool:
    return any(words[start : start + len(run)] == list(run) for start in range(len(words)))


@pytest.mark.parametrize("as_root", [False, True])
def test_what_every_program_is_kept_in(as_root: bool) -> None:
    words = arguments(as_root=as_root)
    for word in (
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *("--as-pid-1", "--die-with-parent", "--new-session", "--clearenv"),
    ):
        assert word in words
    assert has(words, "--cap-drop", "ALL")
    assert has(words, "--ro-bind", "/a folder", "/input")
    assert has(words, "--size", str(3 * MIB), "--perms", "1777", "--tmpfs", "/output")
    assert words[-8:] == ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--", PYTHON]


@pytest.mark.parametrize("as_root", [False, True])
def test_nothing_of_the_host_can_be_written_and_little_read(as_root: bool) -> None:
    words = arguments(as_root=as_root)
    assert not {"--bind", "--bind-try", "--dev-bind", "--dev-bind-try", "--share-net", "--setenv"} & set(words)
    sources = {source for word, source in itertools.pairwise(words) if word.startswith("--ro-bind")}
    system = {"/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/fonts"}
    assert sources <= {*system, "/a folder"}


def test_a_plain_user_gets_no_capability_and_no_further_namespace() -> None:
    words = arguments(as_root=False)
    assert has(words, "--unshare-user", "--disable-userns")
    assert "--cap-add" not in words


def test_root_keeps_the_right_to_become_another_user_and_no_other() -> None:
    words = arguments(as_root=True)
    added = [name for word, name in itertools.pairwise(words) if word == "--cap-add"]
    assert added == ["CAP_SETUID", "CAP_SETGID"]


def test_a_sandbox_user_is_nobody_who_is_here() -> None:
    here = {path.stat().st_uid for path in Path("/proc").glob("[0-9]*") if path.exists()}
    uid = free_uid()
    assert uid in UIDS
    assert uid not in here


@pytest.mark.parametrize("release", ["5.14.0-427.el9.x86_64", "6.18.44-fc", "7.0-rc1"])
def test_a_newer_kernel_counts_the_programs_processes_alone(release: str) -> None:
    assert processes_counted_along(release) == 0


@pytest.mark.parametrize("release", ["5.10.0-35-amd64", "4.18.0-553.el8"])
def test_an_older_kernel_counts_ours_along(release: str) -> None:
    assert processes_counted_along(release) >= threading.active_count()


def test_with_cgroups_the_folders_are_those_that_root_has_made() -> None:
    group = Cgroup({"/sys/fs/cgroup/pids": Path("/sys/fs/cgroup/pids/autoiot/run")})
    words = bwrap_arguments(PYTHON, Path("/a folder"), Limits(), as_root=True, cgroup=group)
    assert "--tmpfs" not in words
    assert has(words, "--bind", "/run/autoiot-sandbox/output", "/output")
    assert has(words, "--ro-bind", "/sys/fs/cgroup/pids/autoiot/run", "/sys/fs/cgroup/pids")


def test_the_folders_of_root_hold_so_much_and_so_many() -> None:
    for options in mount_options(Limits(output_mb=3)).values():
        assert {"nosuid", "nodev", "noexec"} <= set(options.split(","))
        assert "nr_inodes=" in options
    assert f"size={3 * MIB}," in mount_options(Limits(output_mb=3))["output"]
