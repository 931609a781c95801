"""The folders that a program may write to, made by root before bubblewrap, which cannot limit how many files.

They are mounted in a mount namespace of their own: the machine never sees them, and they go with the last
process that does. On the machine there are only the empty folders that they are mounted on.
"""

from pathlib import Path

from sandbox.cgroups import Cgroup
from sandbox.limits import MIB, Limits
from sandbox.protocol import OUTPUT, WORK

STAGE = Path("/run/autoiot-sandbox")
SHARED_MEMORY = 64 * MIB
WORK_FILES, OUTPUT_FILES = 16384, 2048
PLACES = {"work": WORK, "output": OUTPUT, "shm": "/dev/shm"}
# Joins the cgroups, up to the first `--`, mounts, up to the second, and becomes bubblewrap.
SCRIPT = """\
set -e
while [ "$1" != -- ]; do echo 0 > "$1"; shift; done
shift
while [ "$1" != -- ]; do mount -t tmpfs -o "$1" autoiot "$2"; shift 2; done
shift
exec "$@"
"""


def staged(command: list[str], cgroup: Cgroup, limits: Limits) -> list[str]:
    mounts: list[str] = []
    for name, options in mount_options(limits).items():
        (STAGE / name).mkdir(parents=True, exist_ok=True)
        mounts += [options, str(STAGE / name)]
    return ["unshare", "--mount", "/bin/sh", "-c", SCRIPT, "sh", *cgroup.joins, "--", *mounts, "--", *command]


def mount_options(limits: Limits) -> dict[str, str]:
    base, output = "nosuid,nodev,noexec,mode=1777", limits.output_mb * MIB
    return {
        "work": f"{base},size={output},nr_inodes={WORK_FILES}",
        "output": f"{base},size={output},nr_inodes={OUTPUT_FILES}",
        "shm": f"{base},size={SHARED_MEMORY},nr_inodes={WORK_FILES}",
    }


def bind_words(cgroup: Cgroup) -> list[str]:
    words: list[str] = []
    for name, inside in PLACES.items():
        words += ["--bind", str(STAGE / name), inside]
    for parent in ("/sys", "/sys/fs", "/sys/fs/cgroup"):
        words += ["--perms", "0755", "--dir", parent]
    for inside, folder in cgroup.folders.items():
        words += ["--ro-bind", str(folder), inside]
    return words
