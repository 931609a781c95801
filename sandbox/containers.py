"""The containers of this installation: how they are marked, and how each of them goes away in the end."""

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from docker.errors import APIError, DockerException, NotFound

from sandbox.errors import SandboxStuck, SandboxUnavailable
from sandbox.limits import Limits
from sandbox.protocol import GRACE_SECONDS
from sandbox.server import is_dead, this_server

INSTALLATION, SERVER, DEADLINE = "autoiot.sandbox", "autoiot.server", "autoiot.deadline"
SECONDS_TO_REMOVE = 10.0
SECONDS_BETWEEN_SWEEPS = 60.0
SECONDS_OVERDUE = 60.0
"""So much longer than any run of it can last, nobody waits for a container any more."""

log = logging.getLogger(__name__)


def labels(owner: str, limits: Limits, waits: float = 0.0) -> dict[str, str]:
    """`waits`: seconds that it may stand ready before its program comes."""
    ends = time.time() + waits + limits.seconds + GRACE_SECONDS + SECONDS_OVERDUE
    return {INSTALLATION: owner, SERVER: this_server(), DEADLINE: str(int(ends))}


def is_stale(labels: dict[str, str], now: float) -> bool:
    deadline = labels.get(DEADLINE, "")
    return is_dead(labels.get(SERVER, "")) or (deadline.isdigit() and now > int(deadline))


@dataclass
class Containers:
    client: Any
    owner: str
    """Only those of this installation are ever looked at."""
    swept: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def remove(self, name: str) -> None:
        """Raises SandboxStuck when it is still there after a while."""
        deadline = time.monotonic() + SECONDS_TO_REMOVE
        while True:
            try:
                return self.client.api.remove_container(name, force=True, v=True)
            except NotFound:
                return None
            # Among these is the conflict with another removal of the same container, which may still fail.
            except (APIError, requests.RequestException) as error:
                if time.monotonic() > deadline:
                    raise SandboxStuck(
                        f"the container {name} cannot be removed: {error}. Run: docker rm --force {name}"
                    ) from error
            time.sleep(0.1)

    def remove_or_report(self, name: str) -> bool:
        """For where an exception would hide another: the next sweep tries again."""
        try:
            self.remove(name)
        except SandboxStuck as error:
            self.report(error)
            return False
        return True

    def report(self, error: BaseException) -> None:
        log.error("%s", error)

    def sweep(self) -> int:
        """Remove what dead servers left behind, and what is long overdue; how many there were."""
        self.swept = time.monotonic()
        mine = {"label": [f"{INSTALLATION}={self.owner}", SERVER]}
        try:
            found = self.client.api.containers(all=True, filters=mine)
        except (DockerException, requests.RequestException) as error:
            raise SandboxUnavailable(f"Docker Engine does not answer: {error}") from error
        stale = [container["Id"] for container in found if is_stale(container["Labels"], time.time())]
        return sum(self.remove_or_report(name) for name in stale)

    def is_sweep_due(self) -> bool:
        """True for one of those who ask at the same time."""
        with self.lock:
            if time.monotonic() - self.swept < SECONDS_BETWEEN_SWEEPS:
                return False
            self.swept = time.monotonic()
            return True
