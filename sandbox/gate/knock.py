"""`python -m sandbox.gate.knock SOCKET`: whether the gate, and the engine behind it, answer."""

import socket
import sys

SECONDS = 5


def main() -> int:
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(SECONDS)
            door.connect(sys.argv[1])
            door.sendall(b"GET /_ping HTTP/1.1\r\nHost: gate\r\n\r\n")
            return 0 if door.recv(1 << 16).startswith(b"HTTP/1.1 200 ") else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
