import os
import socket
import struct
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox import docker_arguments
from sandbox.docker_arguments import container_arguments
from sandbox.docker_engine import knock
from sandbox.docker_wire import Wire, split_streams
from sandbox.errors import SandboxUnavailable
from sandbox.frames import Frames
from sandbox.limits import MIB, Limits


def packet(stream: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxI", stream, len(payload)) + payload


def test_complete_packets_are_taken_off_the_buffer() -> None:
    buffer = bytearray(packet(1, b"one") + packet(2, b"") + packet(1, b"rest")[:9])
    assert split_streams(buffer) == [(1, b"one"), (2, b"")]
    assert buffer == packet(1, b"rest")[:9]
    buffer += b"est"
    assert split_streams(buffer) == [(1, b"rest")]
    assert buffer == b""


def test_a_container_is_locked_up() -> None:
    limits = Limits(memory_mb=100, output_mb=3, pids=7, cpus=0.5)
    arguments = container_arguments(
        "image", Path("/a folder"), limits, name="name", labels={"autoiot.sandbox": "owner"}
    )
    expected = {
        "user": "64321:64321",
        "network_mode": "none",
        "network_disabled": True,
        "use_config_proxy": False,
        "environment": {},
        "read_only": True,
        "cap_drop": ["ALL"],
        "privileged": False,
        "security_opt": ["no-new-privileges:true"],
        "mem_limit": 100 * MIB,
        "memswap_limit": 100 * MIB,
        "pids_limit": 7,
        "nano_cpus": 500_000_000,
        "ipc_mode": "private",
        "shm_size": 64 * MIB,
        "init": False,
        "auto_remove": False,
        "tty": False,
        "entrypoint": [],
        "labels": {"autoiot.sandbox": "owner"},
    }
    assert {key: arguments[key] for key in expected} == expected
    assert arguments["mounts"] == [
        {
            "Target": "/input",
            "Source": "/a folder",
            "Type": "bind",
            "ReadOnly": True,
            "BindOptions": {"Propagation": "rprivate"},
        }
    ]
    for folder, options in arguments["tmpfs"].items():
        size = 64 * MIB if folder == "/dev/shm" else 3 * MIB
        assert {"nosuid", "nodev", "noexec", f"size={size}"} <= set(options.split(","))
        assert "nr_inodes=" in options
    assert {limit.name: limit.hard for limit in arguments["ulimits"]} == {
        "core": 1,
        "nofile": 1024,
        "fsize": 3 * MIB,
    }
    assert arguments["log_config"].type == "none"
    assert not {"cap_add", "devices", "ports", "volumes", "pid_mode", "userns_mode"} & set(arguments)


def test_no_more_cores_are_asked_for_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_arguments.os, "cpu_count", lambda: 1)
    arguments = container_arguments(
        "image", Path("/in"), Limits(cpus=2), name="name", labels={"autoiot.sandbox": "owner"}
    )
    assert arguments["nano_cpus"] == 1_000_000_000


def test_the_last_words_of_a_container_that_ends_without_a_report() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(packet(2, b"Traceback:\n") + packet(2, b"  ...\nOSError: disk full\n"))
        theirs.shutdown(socket.SHUT_WR)
        wire = Wire(ours)
        wire.read(Frames(Limits(), "n"), 5, lambda: False)
        assert wire.complaint() == "OSError: disk full"


def test_a_container_that_says_nothing_is_not_waited_for_longer() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        Wire(ours).read(Frames(Limits(), "n"), 0.01, lambda: False)


@pytest.mark.parametrize("early", [True, False])
def test_a_request_to_stop_is_passed_on_once_there_is_someone_to_tell(early: bool) -> None:
    ours, theirs = socket.socketpair()
    wire = Wire(ours)
    with ours, theirs:
        for step in (wire.cancel, wire.allow_cancelling)[:: 1 if early else -1]:
            step()
        assert theirs.recv(10) == b"C"


def test_a_wire_is_open_until_the_other_end_goes() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        assert Wire(ours).is_open()
        theirs.close()
        assert not Wire(ours).is_open()


class Late(socket.socket):
    """Stops whoever reads or sends where the number of the descriptor is taken, and not used yet."""

    def __init__(self, fileno: int) -> None:
        super().__init__(fileno=fileno)
        self.taken, self.go_on = threading.Event(), threading.Event()

    def recv(self, size: int, flags: int = 0) -> bytes:
        self._stop()
        return super().recv(size, flags)

    def sendall(self, data: Any, flags: int = 0) -> None:
        self._stop()
        super().sendall(data, flags)

    def _stop(self) -> None:
        number, inode = self.fileno(), os.fstat(self.fileno()).st_ino
        self.taken.set()
        assert self.go_on.wait(30)
        assert os.fstat(number).st_ino == inode


@pytest.mark.parametrize(
    "use", [lambda wire: wire.read(Frames(Limits(), "n"), 30, lambda: False), lambda wire: wire.send(b"program")]
)
def test_a_wire_that_is_closed_keeps_its_descriptor_until_nobody_uses_it(use: Callable[[Wire], None]) -> None:
    ours, theirs = socket.socketpair()
    late, releases = Late(ours.detach()), list[str]()
    wire = Wire(late, lambda: releases.append("released"))
    with theirs, late, ThreadPoolExecutor() as threads:
        using = threads.submit(use, wire)
        assert late.taken.wait(30)
        wire.close()
        wire.close()
        kept = not releases and late.fileno() >= 0
        late.go_on.set()
        error = using.exception(30)
        assert kept
        # Who reads finds an end, who sends nobody to send to; neither waits, or meets somebody else.
        assert error is None or isinstance(error, BrokenPipeError)
        assert (releases, late.fileno()) == (["released"], -1)


@pytest.mark.parametrize("is_read", [False, True])
def test_a_wire_that_is_closed_leaves_nothing_open(is_read: bool) -> None:
    ours, theirs = socket.socketpair()
    releases = list[str]()
    wire = Wire(ours, lambda: releases.append("released"))
    with ours, theirs:
        if is_read:
            theirs.shutdown(socket.SHUT_WR)
            wire.read(Frames(Limits(), "n"), 5, lambda: False)
        assert (releases, ours.fileno() >= 0) == ([], True)
        wire.close()
        wire.close()
        assert (releases, ours.fileno()) == (["released"], -1)
        assert theirs.recv(1) == b""
        assert not wire.is_open()
        with pytest.raises(OSError, match="the connection is closed"):
            wire.send(b"program")


def test_a_container_gets_the_one_device_by_its_id() -> None:
    plain, given = (
        container_arguments("image", Path("/in"), Limits(), name="n", labels={}, gpu=gpu, runtime=runtime)
        for gpu, runtime in ((None, None), ("GPU-1", "runsc"))
    )
    assert not {"device_requests", "runtime"} & set(plain)
    assert given["runtime"] == "runsc"
    assert given["device_requests"] == [
        {
            "Driver": "nvidia",
            "Count": 0,
            "DeviceIDs": ["GPU-1"],
            "Capabilities": [["gpu", "compute", "utility"]],
            "Options": {},
        }
    ]
    assert given["shm_size"] == 1024 * MIB
    assert "noexec" in plain["tmpfs"]["/tmp"]
    assert "noexec" not in given["tmpfs"]["/tmp"]
    changed = {key for key in given if given[key] != plain.get(key) and key not in ("ulimits", "log_config", "mounts")}
    assert changed == {"device_requests", "runtime", "shm_size", "tmpfs"}


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="does not run"):
        knock(f"unix://{tmp_path}/docker.sock")
