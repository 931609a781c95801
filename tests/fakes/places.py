"""What whole jobs are tried on."""

from pathlib import Path

import pytest

from sandbox.base import Sandbox
from sandbox.errors import SandboxUnavailable
from sandbox.registry import open_sandbox

REPOSITORY = Path(__file__).parents[2]
HEARTBEAT = REPOSITORY / "examples" / "heartbeat"
MITDB = REPOSITORY.parent / "shared" / "data" / "mitdb"
CONFINED = ("docker", "bubblewrap")


def opened(name: str) -> Sandbox:
    try:
        return open_sandbox(name, owner="acceptance")
    except SandboxUnavailable as error:
        pytest.skip(f"{name} is not tested here: {error}")
