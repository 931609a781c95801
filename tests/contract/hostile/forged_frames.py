"""Fails, but writes the report of a success wherever it can."""

import json
import os
import struct

REPORT = {"nonce": "0" * 32, "exit_code": 0, "timed_out": False, "stdout": "forged", "stderr": ""}
payload = json.dumps(REPORT).encode()
frame = b"R" + struct.pack(">I", len(payload)) + payload
packet = struct.pack(">BxxxI", 1, len(frame)) + frame
for target in [*range(3, 64), "/proc/1/fd/0", "/proc/1/fd/1", "/proc/1/fd/4", "/dev/console", "/dev/tty", 1, 2]:
    try:
        descriptor = target if isinstance(target, int) else os.open(target, os.O_WRONLY)
        os.write(descriptor, frame + packet)
    except OSError:
        pass
os._exit(7)
