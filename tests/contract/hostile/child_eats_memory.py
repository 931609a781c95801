"""A child takes too much memory; the program sees it die and goes on."""

import os
import sys

child = os.fork()
if child == 0:
    blocks = [bytearray(b"x") * (32 << 20) for _ in range(32)]
    os._exit(0)
if os.waitpid(child, 0)[1] == 0:
    print("the child got 1 GiB")
print("tried", file=sys.stderr)
