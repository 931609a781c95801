"""Telling files apart by what they hold."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(files: Iterable[Path]) -> dict[str, str]:
    """File name -> SHA-256, sorted."""
    return {file.name: sha256(file) for file in sorted(files)}


def short_hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
