import json
import struct
from typing import Any

import pytest

from sandbox.base import Outcome
from sandbox.errors import SandboxBroken
from sandbox.limits import MIB, Limits
from sandbox.protocol import Frames, Place

LIMITS = Limits(output_mb=1, files=2)
REPORT: dict[str, Any] = {
    "nonce": "n",
    "exit_code": 0,
    "timed_out": False,
    "out_of_memory": False,
    "stdout": "a\x1b[2J",
    "stderr": "",
    "stdout_bytes": 5,
    "stderr_bytes": 0,
    "seconds": 1.23456,
    "cpu_seconds": 0.5,
    "peak_memory_mb": 12.34,
    "skipped": {"link": "not a regular file"},
}

PLACE = Place("/opt/venv/bin/python", "/input", "/output", "/tmp", "docker", names={"/home/me/data": "/input"})


def frame(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack(">I", len(payload)) + payload


def sent_file(name: bytes, data: bytes) -> bytes:
    return frame(b"F", struct.pack(">I", len(name)) + name + data)


def sent_report(**changes: Any) -> bytes:
    return frame(b"R", json.dumps(REPORT | changes).encode())


def frames() -> Frames:
    return Frames(LIMITS, "n")


@pytest.mark.parametrize("size", [1, 3, 7, 10_000])
def test_frames_may_arrive_in_any_pieces(size: int) -> None:
    data, got = sent_file(b"plots/a.txt", b"\0x") + sent_report(), frames()
    for start in range(0, len(data), size):
        got.feed(data[start : start + size])
    result = got.result(PLACE)
    assert (result.outcome, result.stdout, result.seconds) == (Outcome.OK, "a[2J", 1.235)
    assert (result.files, result.skipped) == ({"plots/a.txt": b"\0x"}, {"link": "not a regular file"})
    assert result.isolation == "docker"


def test_half_a_report_is_no_result() -> None:
    got = frames()
    got.feed(sent_report()[:-1])
    with pytest.raises(SandboxBroken, match="without a result"):
        got.result(PLACE)


@pytest.mark.parametrize("forged", [{"nonce": "m"}, {"nonce": None}])
def test_a_report_without_the_nonce_is_not_the_wrappers(forged: dict[str, Any]) -> None:
    got = frames()
    got.feed(sent_report(**forged))
    with pytest.raises(SandboxBroken, match="not its own"):
        got.result(PLACE)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (sent_report() + sent_file(b"late", b""), "after its result"),
        (sent_report() + b"R", "after its result"),
        (b"F" + struct.pack(">I", 18 * MIB), "over the size limit"),
        (frame(b"Z", b""), "unknown kind"),
        (frame(b"F", b"\0"), "cannot be read"),
        (sent_file(b"\xff", b""), "cannot be read"),
        (frame(b"R", b"{"), "cannot be read"),
        (sent_file(b"../../home", b""), "not below its folder"),
        (sent_file(b"/etc/passwd", b""), "not below its folder"),
        (sent_file(b"", b""), "not below its folder"),
        (sent_file(b"a", b"") + sent_file(b"b", b"") + sent_file(b"c", b""), "more files"),
        (sent_file(b"a", bytes(MIB)) + sent_file(b"b", b"x"), "more files"),
    ],
)
def test_what_the_wrapper_never_sends_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(SandboxBroken, match=message):
        frames().feed(data)


@pytest.mark.parametrize("report", [{"nonce": "n"}, REPORT | {"exit_code": "0"}, REPORT | {"stdout": None}, [], 1])
def test_a_report_that_makes_no_sense_is_our_failure(report: Any) -> None:
    got = frames()
    with pytest.raises(SandboxBroken, match=r"cannot be read|not its own"):
        got.feed(frame(b"R", json.dumps(report).encode()))
        got.result(PLACE)
