"""Fills every place that is memory in disguise, so that there is none left to report with."""

import sys

print("started", flush=True)
for folder in ("/tmp", sys.argv[2], "/dev/shm"):
    try:
        for number in range(200):
            with open(f"{folder}/{number}", "wb") as file:
                for _ in range(8):
                    file.write(bytes(1 << 20))
    except OSError:
        pass
blocks = [bytearray(b"x") * (8 << 20) for _ in range(32)]
print("got it all")
