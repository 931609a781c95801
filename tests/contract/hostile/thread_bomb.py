"""Starts threads until it is refused, and says so if nobody refuses."""

import sys
import threading

stop, started = threading.Event(), 0
try:
    while started < 300:
        threading.Thread(target=stop.wait, daemon=True).start()
        started += 1
    print("started", started, "threads")
except RuntimeError:
    pass
stop.set()
print("tried", file=sys.stderr)
