import json
import struct
from pathlib import Path
from typing import Any

import pytest

from sandbox.base import Flag, Outcome, Program
from sandbox.errors import SandboxBroken
from sandbox.frames import Frames
from sandbox.limits import MIB, Limits
from sandbox.protocol import Place

LIMITS = Limits(output_mb=1, files=2)
REPORT: dict[str, Any] = {
    "nonce": "n",
    "exit_code": 0,
    "timed_out": False,
    "cancelled": False,
    "over_memory": False,
    "oom_kills": 0,
    "pids_hit": False,
    "output_full": False,
    "truncated": False,
    "stdout": "a\x1b[2J",
    "stderr": "",
    "stdout_bytes": 5,
    "stderr_bytes": 0,
    "seconds": 1.23456,
    "cpu_seconds": 0.5,
    "peak_memory_mb": 12.34,
    "process_peak_mb": 10.07,
    "skipped": {"link": "not a regular file"},
}

PLACE = Place("/opt/venv/bin/python", "/input", "/output", "/tmp", "docker", names={"/home/me/data": "/input"})

PROGRAM = Program("", Path("/in"))


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
    result = got.result(PLACE, PROGRAM)
    assert (result.outcome, result.stdout, result.seconds) == (Outcome.OK, "a[2J", 1.235)
    assert (result.files, result.skipped) == ({"plots/a.txt": b"\0x"}, {"link": "not a regular file"})
    assert (result.isolation, result.process_peak_mb, result.flags) == ("docker", 10.1, {Flag.FILES_SKIPPED})


def test_half_a_report_is_no_result() -> None:
    got = frames()
    got.feed(sent_report()[:-1])
    with pytest.raises(SandboxBroken, match="without a result"):
        got.result(PLACE, PROGRAM)


@pytest.mark.parametrize("forged", [{"nonce": "m"}, {"nonce": None}])
def test_a_report_without_the_nonce_is_not_the_wrappers(forged: dict[str, Any]) -> None:
    got = frames()
    got.feed(sent_report(**forged))
    with pytest.raises(SandboxBroken, match="not its own"):
        got.result(PLACE, PROGRAM)


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
        (frame(b"H", b"1"), "cannot be read"),
        (frame(b"O", bytes(64 * 1024)) + frame(b"O", b"x"), "more output"),
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
        got.result(PLACE, PROGRAM)


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"pids_hit": True}, Flag.PIDS_HIT),
        ({"output_full": True}, Flag.OUTPUT_FULL),
        ({"skipped": {"big": "over the size limit"}}, Flag.OUTPUT_FULL),
        ({"truncated": True}, Flag.TRUNCATED),
        ({"oom_kills": 1}, Flag.OOM_IN_CHILD),
    ],
)
def test_what_is_reported_raises_a_flag(changes: dict[str, Any], flag: Flag) -> None:
    got = frames()
    got.feed(sent_report(**({"skipped": {}} | changes)))
    assert flag in got.result(PLACE, PROGRAM).flags


@pytest.mark.parametrize(("name", "outcome"), [("a.csv", Outcome.OK), ("b.csv", Outcome.NO_RESULT)])
def test_a_file_that_has_to_be_there(name: str, outcome: Outcome) -> None:
    got = frames()
    got.feed(sent_file(b"a.csv", b"1") + sent_report())
    assert got.result(PLACE, Program("", Path("/in"), result=name)).outcome is outcome


def test_what_was_printed_outlives_a_wrapper_that_was_killed() -> None:
    got = frames()
    got.feed(frame(b"H", b'{"pid": 1}') + frame(b"O", b"half ") + frame(b"E", b"careful") + frame(b"O", b"done"))
    result = got.without_report(PLACE, out_of_memory=True, seconds=3)
    assert (result.outcome, result.stdout, result.stderr) == (Outcome.OOM, "half done", "careful")
    assert got.without_report(PLACE, out_of_memory=False, seconds=3).outcome is Outcome.TIMEOUT


def test_a_wrapper_that_programs_could_kill_is_refused() -> None:
    with pytest.raises(SandboxBroken, match="first process"):
        Frames(LIMITS, "n", init_pid=1).feed(frame(b"H", b'{"pid": 7}'))


def test_a_result_as_json() -> None:
    got = frames()
    got.feed(sent_file(b"a.csv", b"123") + sent_report())
    shown = got.result(PLACE, PROGRAM).as_json()
    assert json.loads(json.dumps(shown)) == shown
    assert shown["files"] == [{"name": "a.csv", "bytes": 3}]
    assert (shown["outcome"], shown["flags"]) == ("ok", ["files_skipped"])
    assert {"exit_code", "stdout", "stderr", "skipped", "seconds", "cpu_seconds", "peak_memory_mb", "isolation"} <= set(
        shown
    )
