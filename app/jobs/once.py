"""Requests that are sent again: the same key means the same request."""

import hashlib
import json
from dataclasses import dataclass

from app.db.tables import RunRow
from graph.errors import AutoiotError


class KeyReused(AutoiotError):
    """A key that another request has used up."""


@dataclass(frozen=True)
class Once:
    """What a request comes with that is to be carried out once, however often it is sent."""

    key: str
    asked_sha256: str
    """Of all that was asked for."""

    @classmethod
    def of(cls, key: str, *asked: str) -> "Once":
        return cls(key, hashlib.sha256(json.dumps(asked).encode()).hexdigest())

    def refuse_other(self, made: RunRow) -> None:
        """Raises KeyReused where the job that was made with this key was asked for with something else."""
        # None: it was made before this was kept.
        if made.asked_sha256 not in (None, self.asked_sha256):
            raise KeyReused(f"Idempotency-Key: the job {made.id} was made with it, by another request: take a new one")
