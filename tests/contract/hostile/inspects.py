"""Looks into another process of its own: what reaches others once there is a fault in the kernel."""

import ctypes
import os
import signal
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE, PIDFD_OPEN, PIDFD_GETFD = 0x4206, 434, 438
child = os.fork()
if child == 0:
    time.sleep(30)
    os._exit(0)


class Part(ctypes.Structure):
    _fields_ = (("start", ctypes.c_void_p), ("size", ctypes.c_size_t))


word = ctypes.create_string_buffer(8)
part = Part(ctypes.addressof(word), 8)
if libc.process_vm_readv(child, ctypes.byref(part), 1, ctypes.byref(part), 1, 0) >= 0:
    print("read the memory of another process")
if libc.syscall(PIDFD_GETFD, libc.syscall(PIDFD_OPEN, child, 0), 1, 0) >= 0:
    print("took a descriptor of another process")
if libc.ptrace(PTRACE_SEIZE, child, 0, 0) == 0:
    print("attached to another process")
os.kill(child, signal.SIGKILL)
print("tried", file=sys.stderr)
