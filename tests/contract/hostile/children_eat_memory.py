"""Many children take a little each, which is too much together."""

import os
import sys
import time

for _ in range(16):
    if os.fork() == 0:
        block = bytearray(os.urandom(1024)) * (64 << 10)
        time.sleep(30)
        os._exit(0)
while True:
    pid, status = os.wait()
    if status:
        sys.exit(3)
    print("a child kept its memory")
