"""Reads and attaches to the process that will report on it."""

import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
for name in ("environ", "mem", "maps", "auxv", "stack", "syscall"):
    try:
        with open(f"/proc/1/{name}", "rb") as file:
            file.read(1)
            print("read", name)
    except OSError:
        pass
for act in (lambda: os.listdir("/proc/1/fd"), lambda: os.readlink("/proc/1/exe"), lambda: os.listdir("/proc/1/root")):
    try:
        print("saw", act())
    except OSError:
        pass
PTRACE_SEIZE = 0x4206
if libc.ptrace(PTRACE_SEIZE, 1, 0, 0) == 0:
    print("attached")
print("tried", file=sys.stderr)
