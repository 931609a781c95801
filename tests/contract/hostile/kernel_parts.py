"""Asks for the young and large parts of the kernel, where most of its faults are found."""

import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
amd = os.uname().machine == "x86_64"
parameters = ctypes.create_string_buffer(256)
IO_URING_SETUP, USER_MODE_ONLY, NO_RANDOM_ADDRESSES = 425, 1, 0x40000
ATTEMPTS = {
    "io_uring": (IO_URING_SETUP, 1, parameters),
    "userfaultfd": (323 if amd else 282, USER_MODE_ONLY),
    "bpf": (321 if amd else 280, 0, parameters, 72),
    "perf": (298 if amd else 241, parameters, 0, -1, -1, 0),
    "personality": (135 if amd else 92, NO_RANDOM_ADDRESSES),
}
for name, (number, *arguments) in ATTEMPTS.items():
    if libc.syscall(number, *arguments) >= 0:
        print("got", name)
print("tried", file=sys.stderr)
