"""Recordings: the ledger of a run as JSON lines, and the source that replays it with no network at all."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage

from app.db.tables import CallRow, now
from app.providers.ledger import Key, Reply
from app.providers.source import Books
from graph.errors import RecordingMiss, TaskInvalid
from graph.ports import Tool

FORMAT = 1
KEPT = ("text", "model", "input_tokens", "output_tokens", "usd", "outside")
DIGEST = "request_sha256"
TYPES: dict[str, Any] = {
    **dict.fromkeys(("kind", "node", "item", "text", "model", DIGEST), str),
    **dict.fromkeys(("iteration", "input_tokens", "output_tokens"), int),
    "usd": (int, float, type(None)),
    "outside": bool,
}


@dataclass(frozen=True)
class Recording:
    """A source of replies; a call is found by kind, node, iteration and item."""

    calls: dict[Key, dict[str, Any]]
    embedding_model: str | None = None

    async def chat(self, key: Key, messages: list[BaseMessage], tools: Sequence[Tool] = ()) -> Reply:
        return self._reply(key)

    async def search(self, key: Key, term: str, books: Books) -> Reply:
        return self._reply(key)

    async def embed(self, key: Key, texts: list[str]) -> Reply:
        return self._reply(key)

    def changed(self, rows: Iterable[CallRow]) -> list[Key]:
        """Calls of a ledger whose request is not the recorded one any more, in the order of the recording."""
        # From the ledger: what was replayed before a crash counts, too.
        asked = {key_of(row): digest(row.request) for row in rows if row.status == "finished"}
        return [key for key, call in self.calls.items() if asked.get(key, call[DIGEST]) != call[DIGEST]]

    def _reply(self, key: Key) -> Reply:
        call = self.calls.get(key)
        if call is None:
            raise RecordingMiss(f"the recording has no {key}{self._nearest(key)}")
        return Reply(**{name: call[name] for name in KEPT})

    def _nearest(self, key: Key) -> str:
        same = [known for known in self.calls if (known.kind, known.node) == (key.kind, key.node)]
        if not same:
            return ", and none of that node at all"
        near = min(same, key=lambda known: (abs(known.iteration - key.iteration), known.item != key.item))
        return f"; the nearest is the {near}"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def key_of(row: CallRow) -> Key:
    return Key(row.kind, row.node, row.iteration, row.item)


def write_recording(file: Path, task: str, embedding_model: str | None, rows: Iterable[CallRow]) -> None:
    head = {"autoiot_recording": FORMAT, "task": task, "made": now()[:10], "embedding_model": embedding_model}
    plain: dict[Key, str] = {}
    lines = [head]
    for row in rows:
        # What was asked first: a later try may hold a complaint about a reply that no replay will ever get.
        request = plain.setdefault(key_of(row), row.request)
        if row.status == "finished":
            lines.append(_line(row, request))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _line(row: CallRow, request: str) -> dict[str, Any]:
    names = ("kind", "node", "iteration", "item", "model", "input_tokens", "output_tokens", "usd", "outside")
    return {name: getattr(row, name) for name in names} | {
        DIGEST: digest(request),
        "request": request,
        "text": row.reply,
    }


def read_recording(file: Path, named_by: str = "--replay") -> Recording:
    """Raises TaskInvalid for a file that is no recording, naming the line, and what named it."""
    try:
        # Not `splitlines`: a reply may hold other ends of lines, such as U+2028, which JSON leaves as they are.
        lines = file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise TaskInvalid(f"{named_by} {file}: {reason}") from error
    number = 0
    try:
        head = json.loads(lines[0])
        if head["autoiot_recording"] != FORMAT:
            raise ValueError
        recording = Recording({}, head.get("embedding_model"))
        for line in lines[1:]:
            number += 1
            key, call = _read_line(json.loads(line))
            recording.calls[key] = call
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TaskInvalid(
            f"{named_by} {file}: line {number + 1} is not a line of a recording (format {FORMAT}); was it cut off?"
        ) from error
    return recording


def _read_line(value: Any) -> tuple[Key, dict[str, Any]]:
    """Raises ValueError, KeyError or TypeError for anything that the run would stumble over later."""
    for name, types in TYPES.items():
        if not isinstance(value[name], types):
            raise TypeError(name)
    if value["kind"] != "chat" and not isinstance(json.loads(value["text"]), list):
        raise ValueError("searches and embeddings give lists")
    key = Key(value["kind"], value["node"], value["iteration"], value["item"])
    return key, {name: value[name] for name in (*KEPT, DIGEST)}
