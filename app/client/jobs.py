"""The REST API, as far as a person at a terminal needs it."""

import json
import re
import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from app.client import shapes
from app.client.connection import LONG_TIMEOUT, Connection
from app.client.errors import NotAutoiot, Refused
from app.client.plain import plain
from graph.errors import RunUnknown

ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,79}")
PAGE = 200
RESTING = ("finished", "stopped", "cancelled")
"""Nothing more happens to such a job by itself."""


def path_of(job: str, *below: str) -> str:
    """Raises RunUnknown for what cannot be the id of a job."""
    if not ID.fullmatch(job):
        raise RunUnknown(f"there is no job {job[:80]!r}")
    return "/".join(("/v1/jobs", job, *below))


class RemoteJobs:
    """Jobs and datasets of the caller's workspace; all raise what `Connection` does."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def submit(self, body: dict[str, Any]) -> str:
        """The id of one new job, however often it has to be asked for."""
        created = self.connection.post("/v1/jobs", body, idempotency_key=uuid.uuid4().hex)
        return self._shaped(created, shapes.Created)["id"]

    def all(self, status: str | None, limit: int) -> list[dict[str, Any]]:
        """The newest first."""
        found: list[dict[str, Any]] = []
        query: dict[str, str | int] = {"status": status} if status else {}
        while len(found) < limit:
            page = self.connection.get("/v1/jobs", limit=min(PAGE, limit - len(found)), **query)
            page = self._shaped(page, shapes.Page)
            found += page["jobs"]
            if not page["next"]:
                break
            query["before"] = page["next"]
        return found

    def show(self, job: str) -> dict[str, Any]:
        return self._shaped(self.connection.get(path_of(job)), shapes.Job)

    def status(self, job: str) -> str:
        return self._shaped(self.connection.get(path_of(job)), shapes.Change)["status"]

    def versions(self, job: str) -> list[dict[str, Any]]:
        return self._shaped(self.connection.get(path_of(job, "versions")), list[shapes.Candidate])

    def result(self, job: str) -> dict[str, Any] | None:
        """`result.json`; None where the job has none."""
        try:
            with self.connection.download(path_of(job, "artifacts", "result.json")) as chunks:
                found = plain(json.loads(b"".join(chunks)))
        except ValueError as error:
            raise NotAutoiot(f"{self.connection.address.url}: the result of {job} is no JSON") from error
        except Refused as error:
            if error.status == 404:
                return None
            raise
        return self._shaped(found, shapes.Result)

    def question(self, job: str) -> dict[str, Any] | None:
        """What it waits for an answer to; None where it asks nothing (any more)."""
        try:
            return self._shaped(self.connection.get(path_of(job, "review")), shapes.Question)
        except Refused as error:
            if error.status == 409:
                return None
            raise

    def answer(self, job: str, answer: dict[str, Any]) -> None:
        self.connection.post(path_of(job, "review"), answer)

    def cancel(self, job: str) -> dict[str, Any]:
        return self._shaped(self.connection.post(path_of(job, "cancel")), shapes.Change)

    def resume(self, job: str) -> dict[str, Any]:
        return self.connection.post(path_of(job, "resume"))

    def bundle(self, job: str) -> AbstractContextManager[Iterable[bytes]]:
        return self.connection.download(path_of(job, "bundle"))

    def has_dataset(self, name: str) -> bool:
        there = self._shaped(self.connection.get("/v1/datasets"), list[shapes.Named])
        return any(one["name"] == name for one in there)

    def upload(self, name: str, chunks: Iterable[bytes]) -> dict[str, Any]:
        return self.connection.upload(f"/v1/datasets/{name}/archive", chunks)

    def check(self, name: str) -> dict[str, Any]:
        """`problems` and `notes`; takes as long as reading all of it does."""
        found = self.connection.post(f"/v1/datasets/{name}/check", timeout=LONG_TIMEOUT)
        return self._shaped(found, shapes.Findings)

    def delete_dataset(self, name: str) -> None:
        self.connection.delete(f"/v1/datasets/{name}")

    def _shaped(self, answer: Any, shape: Any) -> Any:
        return shapes.shaped(answer, shape, self.connection.address)
