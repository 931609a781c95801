"""`python -m sandbox.gate.knock SOCKET`: whether the gate, and the engine behind it, answer."""

import sys

from docker import DockerClient
from docker.errors import DockerException


def main() -> int:
    try:
        DockerClient(base_url=f"unix://{sys.argv[1]}", timeout=5).ping()
    except DockerException:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
