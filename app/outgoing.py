"""What leaves this machine, noted at the place where it leaves: whoever pays for a call keeps the notes with it."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    to: str
    """Scheme, host and port, or the address without its query: never a key."""
    text: str
    """The body, or the query: all of it that says anything."""


_notes: ContextVar[list[Sent] | None] = ContextVar("notes", default=None)


def note_sent(to: str, text: str) -> None:
    """To be called by every client right before it sends, also when it tries again."""
    notes = _notes.get()
    if notes is not None:
        notes.append(Sent(to, text))


@contextmanager
def noting() -> Generator[list[Sent]]:
    """The notes of all that is sent within, by tasks that are started within, too."""
    notes: list[Sent] = []
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)
