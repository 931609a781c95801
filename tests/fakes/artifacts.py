"""Artifacts in memory."""

import hashlib


class MemoryArtifacts:
    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        reference = hashlib.sha256(content).hexdigest()
        self.contents[reference] = content
        return reference

    def get(self, reference: str) -> bytes:
        return self.contents[reference]
