"""Stops itself, as a debugger would: it neither runs nor ends."""

import os
import signal

print("started", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
