"""Leaves processes behind that belong to nobody and hold on to its output."""

import os
import sys
import time

for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(0.01)
                os.write(1, b"")
        os._exit(0)
print("done")
sys.exit(0)
