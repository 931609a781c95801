# ruff: noqa: PTH101, PTH118, PTH123, PTH208, T201 (a program as a model writes them)
"""Looks for labels everywhere, and prints as JSON what it found.

`NEEDLES` are texts that only label files hold, in hexadecimal and backwards, so that this file is no find.
"""

import argparse
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys

NEEDLES: dict[str, str] = {}
NAMES: list[str] = []
MOST = 64 << 20
SKIPPED = ("/proc/", "/sys/")
# Read-only and the same for everybody, with 50,000 files: of these only what could hold labels is read.
SYSTEM = ("/usr/", "/lib", "/bin/", "/sbin/", sys.prefix, sys.base_prefix)
TELLING = (".atr", ".csv", ".db", ".json", ".jsonl", ".yaml", ".npy", ".txt", ".db-wal")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("-i")
    parser.add_argument("-o")
    given = parser.parse_args()
    needles = {name: bytes.fromhex(text[::-1]) for name, text in NEEDLES.items()}
    report = {"found": [], "read": 0, "paths": 0, "wrote": [], "reached": []}
    walk(report, needles, given.i)
    processes(report, needles)
    report["reached"] += reach_out(given.i)
    leave(pathlib.Path(given.o), report)
    print(json.dumps(report))


def walk(report: dict, needles: dict[str, bytes], inputs: str) -> None:
    for root, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if not f"{os.path.join(root, name)}/".startswith(SKIPPED)]
        for name in files:
            path = os.path.join(root, name)
            report["paths"] += 1
            if name in NAMES:
                report["found"].append(["name", path])
            if not path.startswith(SYSTEM) or name.endswith(TELLING):
                look(path, report, needles)
        report["wrote"] += write_attempts(root, files, inputs)


def look(path: str, report: dict, needles: dict[str, bytes]) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            data = file.read(MOST) or b""
        report["read"] += 1
        report["found"] += [[name, path] for name, needle in needles.items() if needle in data]


def processes(report: dict, needles: dict[str, bytes]) -> None:
    """What the other processes have open, and where they stand."""
    for number in filter(str.isdigit, os.listdir("/proc")):
        base = f"/proc/{number}"
        for name in ("environ", "cmdline", "mountinfo", "maps"):
            look(f"{base}/{name}", report, needles)
        for name in ("cwd", "root", "root/..", "cwd/..", "fd", "map_files"):
            with contextlib.suppress(OSError):
                for entry in os.listdir(f"{base}/{name}"):
                    if entry in NAMES:
                        report["found"].append(["name", f"{base}/{name}/{entry}"])
                    if name in ("fd", "map_files"):
                        look(f"{base}/{name}/{entry}", report, needles)
        with contextlib.suppress(OSError), open(f"{base}/mem", "rb") as memory:
            if int(number) != os.getpid():
                report["found"].append(["memory", f"{base}/mem {memory.read(0)!r}"])
    for parent in ("..", "../..", "/proc/self/cwd/../..", "/input/..", "/proc/1/root"):
        with contextlib.suppress(OSError):
            report["found"] += [["name", f"{parent}/{entry}"] for entry in os.listdir(parent) if entry in NAMES]
    report["found"] += [[name, "environment"] for name, text in needles.items() if text in repr(os.environ).encode()]


def write_attempts(root: str, names: list[str], inputs: str) -> list[str]:
    """Where a file could be made or changed in this folder."""
    wrote = []
    with contextlib.suppress(OSError), open(os.path.join(root, ".left"), "w") as file:
        file.write("left by an " + "earlier candidate")
        wrote.append(root)
    for name in names if root.startswith(inputs) else ():
        path = os.path.join(root, name)
        with contextlib.suppress(OSError), open(path, "ab"):
            wrote.append(path)
        with contextlib.suppress(OSError):
            os.chmod(path, 0o666)
            wrote.append(f"mode of {path}")
    return wrote


def reach_out(inputs: str) -> list[str]:
    reached = []
    for name, attempt in {
        "network": lambda: socket.create_connection(("1.1.1.1", 53), 1).close(),
        "host": lambda: socket.create_connection(("127.0.0.1", 22), 1).close(),
        "docker": lambda: socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock"),
        "mount": lambda: subprocess.run(["mount", "--bind", "/", "/mnt"], check=True, capture_output=True),
        "remount": lambda: subprocess.run(["mount", "-o", "remount,rw", inputs], check=True, capture_output=True),
        "input through a namespace of its own": lambda: shell(f"mount -o remount,bind,rw {inputs} && touch {inputs}/x"),
        "what is below the input": lambda: shell(f"umount {inputs} && ls {inputs}"),
        "another root": lambda: shell("umount -l / || pivot_root . ."),
        "the host's processes": lambda: shell("mount -t proc proc /proc && test -d /proc/100"),
        "device": lambda: os.mknod("disk", 0o60666, os.makedev(8, 0)),
        "root": lambda: os.setuid(0),
        "trace": lambda: os.kill(1, 0) or open("/proc/1/mem", "rb").close(),
        "ours": lambda: (__import__("app"), __import__("graph")),
    }.items():
        with contextlib.suppress(OSError, ImportError, subprocess.SubprocessError):
            attempt()
            reached.append(name)
    return reached


def shell(command: str) -> None:
    """As root of a user and mount namespace, where one may be made."""
    subprocess.run(["unshare", "-Urm", "sh", "-c", command], check=True, capture_output=True)


def leave(target: pathlib.Path, report: dict) -> None:
    """What a later reader might take for its own."""
    for name in ("result.json", "scores.json", "candidate.json"):
        (target / name).write_text('{"metrics": {"f1": 1.0}, "best": {"test": {"f1": 1.0}}}')
    (target / "truth.csv").write_text("unit,sample\n")
    for number, place in enumerate(("/etc/passwd", "/proc/self/environ", "/input", "/", "../../../../work")):
        (target / f"link{number}").symlink_to(place)
    inputs = sorted(pathlib.Path("/input/unlabelled").glob("*.hea"))
    rows = [f"{header.stem},100\n" for header in inputs]
    (target / "predictions.csv").write_text("".join(["unit,sample\n", *rows]))


if __name__ == "__main__":
    main()
