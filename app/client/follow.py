"""The events of a job to its end, through connections that break."""

import json
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import httpx2

from app.client.answers import kind_of, strange
from app.client.errors import NoServer, Refused
from app.client.jobs import RESTING, RemoteJobs, path_of
from app.client.plain import plain
from app.client.retry import BUSY

MOST_FAILURES = 10
"""In a row, without any event between them: about three minutes."""
LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class JobEvent:
    number: int
    kind: str
    data: dict[str, Any]
    """`omitted_bytes` alone, where it was too long to be sent."""


def pause_after(failures: int) -> float:
    """Seconds before the connection is tried again."""
    return min(LONGEST_PAUSE, 2.0 ** (failures - 1))


def parse_event(sent: httpx2.ServerSentEvent) -> JobEvent | None:
    """None for what is no event of a job: those have a number and a name."""
    if sent.event == "message":
        return None
    try:
        data = json.loads(sent.data)
        number = int(sent.id)
    except ValueError:
        return None
    return JobEvent(number, sent.event, plain(data)) if isinstance(data, dict) else None


class Follower:
    """Each event once and in order, whatever becomes of the connection."""

    def __init__(
        self,
        jobs: RemoteJobs,
        job: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        lost: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`lost` is told, in a few words, each time that the connection has to be made again."""
        self.jobs, self.job = jobs, job
        self.after = 0
        self._sleep, self._lost = sleep, lost
        self._failures = 0
        self._status = ""

    def __iter__(self) -> Generator[JobEvent]:
        """Ends when the job rests and all that it told has been read. Raises Refused, NoServer, NotAutoiot."""
        rests = False
        while True:
            try:
                yield from self._connected()
                if rests or self._status in RESTING:
                    return
                # A server that is asked to stop ends its streams, too; what comes after that is still to be read.
                rests = self.jobs.status(self.job) in RESTING
                if not rests:
                    self._wait("the server ended the stream")
            except httpx2.TransportError as error:
                self._wait(str(error) or type(error).__name__)
            except NoServer as error:
                self._wait(str(error))
            except Refused as error:
                if error.status not in BUSY:
                    raise
                self._wait(str(error))

    def _connected(self) -> Generator[JobEvent]:
        with self.jobs.connection.events(path_of(self.job, "events"), self.after) as source:
            response = source.response
            if kind_of(response) != "text/event-stream":
                raise strange(response, self.jobs.connection.address)
            for sent in source:
                event = parse_event(sent)
                if event is None or event.number <= self.after:
                    continue
                self.after, self._failures = event.number, 0
                if event.kind == "status":
                    self._status = str(event.data.get("status", ""))
                yield event

    def _wait(self, why: str) -> None:
        self._failures += 1
        if self._failures > MOST_FAILURES:
            url = self.jobs.connection.address.url
            raise NoServer(f"{url}: the connection is lost ({why}); the job goes on without it")
        self._lost(why)
        self._sleep(pause_after(self._failures))
