"""Changes the time of the machine by nothing, which takes the same right as changing it."""

import ctypes
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
try:
    time.clock_settime(time.CLOCK_REALTIME, time.time())
    print("set the clock")
except OSError:
    pass
now = (ctypes.c_long * 2)(int(time.time()), 0)
if libc.settimeofday(now, None) == 0:
    print("set the time of day")
if libc.adjtimex(ctypes.create_string_buffer(512)) >= 0:
    print("asked the clock's discipline")
print("tried", file=sys.stderr)
