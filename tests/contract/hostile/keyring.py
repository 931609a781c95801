"""Uses the kernel's key rings, which all containers of a user share."""

import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
ADD_KEY, REQUEST_KEY, KEYCTL = (248, 249, 250) if os.uname().machine == "x86_64" else (217, 218, 219)
GET_RING, SESSION = 0, -3
if libc.syscall(ADD_KEY, b"user", b"hidden", b"x", 1, SESSION) >= 0:
    print("kept a key")
if libc.syscall(REQUEST_KEY, b"user", b"hidden", None, 0) >= 0:
    print("found a key")
if libc.syscall(KEYCTL, GET_RING, SESSION, 0) >= 0:
    print("has a ring")
print("tried", file=sys.stderr)
