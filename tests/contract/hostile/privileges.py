"""Tries what only root may do."""

import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
open("/tmp/mine", "w").close()
ATTEMPTS = {
    "become root": lambda: os.setuid(0),
    "change its group": lambda: os.setgid(0),
    "set groups": lambda: os.setgroups([0]),
    "give a file away": lambda: os.chown("/tmp/mine", 0, 0),
    "make a device": lambda: os.mknod("/tmp/device", 0o20600, os.makedev(1, 1)),
    "run before others": lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
    "open the memory of the machine": lambda: open("/dev/mem", "rb"),
    "open a disk": lambda: open("/dev/sda", "rb"),
    "change its root": lambda: os.chroot("/tmp"),
}
for name, act in ATTEMPTS.items():
    try:
        act()
        print("could", name)
    except OSError:
        pass
status = dict(line.split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
for name in ("CapEff", "CapPrm", "CapAmb"):
    if int(status[name], 16):
        print("has", name, status[name].strip())
if status["NoNewPrivs"].strip() != "1" or os.getuid() == 0:
    print("may gain privileges")
print("tried", file=sys.stderr)
