"""Makes itself many and deaf, away from its session, and stays."""

import os
import signal

os.fork()
os.setsid() if os.getpid() != os.getsid(0) else None
for _ in range(3):
    os.fork()
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
print("started", flush=True)
while True:
    signal.sigtimedwait([], 1)
