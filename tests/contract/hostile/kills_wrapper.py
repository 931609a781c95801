"""Sends every signal to the process that will report on it, and to all others; then takes its memory and its turn."""

import os
import resource
import signal
import sys

open(f"{sys.argv[2]}/kept", "w").close()

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
for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_DATA, resource.RLIMIT_AS):
    try:
        resource.prlimit(1, what, (0, 0))
    except OSError:
        pass
for which, who in ((os.PRIO_PROCESS, 1), (os.PRIO_PGRP, 1), (os.PRIO_USER, 0), (os.PRIO_USER, os.getuid())):
    try:
        os.setpriority(which, who, 19)
    except OSError:
        pass
print("alive", os.getpriority(os.PRIO_PROCESS, 1))
