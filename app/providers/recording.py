"""Recordings: the ledger of a run as JSON lines, and the source that replays it with no network at all."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage

from app.db.tables import CallRow, now
from app.providers.ledger import Key, Reply
from app.providers.request import to_request
from graph.errors import RecordingMiss, TaskInvalid

FORMAT = 1
KEPT = ("text", "model", "input_tokens", "output_tokens", "usd", "outside")


@dataclass
class Recording:
    """A source of replies; a call is found by kind, node, iteration and item."""

    calls: dict[Key, dict[str, Any]]
    embedding_model: str | None = None
    changed: list[Key] = field(default_factory=list[Key])
    """Calls whose request is not the recorded one any more."""

    async def chat(self, key: Key, messages: list[BaseMessage]) -> Reply:
        return self._reply(key, to_request(messages))

    async def search(self, key: Key, term: str) -> Reply:
        return self._reply(key, term)

    async def embed(self, key: Key, texts: list[str]) -> Reply:
        return self._reply(key, json.dumps(texts, ensure_ascii=False))

    def _reply(self, key: Key, request: str) -> Reply:
        call = self.calls.get(key)
        if call is None:
            raise RecordingMiss(f"the recording has no {key}{self._nearest(key)}")
        if call["request_sha256"] != digest(request) and key not in self.changed:
            self.changed.append(key)
        return Reply(**{name: call[name] for name in KEPT})

    def _nearest(self, key: Key) -> str:
        same = [known for known in self.calls if (known.kind, known.node) == (key.kind, key.node)]
        if not same:
            return ", and none of that node at all"
        near = min(same, key=lambda known: (abs(known.iteration - key.iteration), known.item != key.item))
        return f"; the nearest is the {near}"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def write_recording(file: Path, task: str, embedding_model: str | None, rows: Iterable[CallRow]) -> None:
    head = {"autoiot_recording": FORMAT, "task": task, "made": now()[:10], "embedding_model": embedding_model}
    lines = [head, *(_line(row) for row in rows if row.status == "finished")]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _line(row: CallRow) -> dict[str, Any]:
    names = ("kind", "node", "iteration", "item", "model", "input_tokens", "output_tokens", "usd", "outside")
    return {name: getattr(row, name) for name in names} | {
        "request_sha256": digest(row.request),
        "request": row.request,
        "text": row.reply,
    }


def read_recording(file: Path) -> Recording:
    """Raises TaskInvalid for a file that is no recording, naming the line."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise TaskInvalid(f"--replay {file}: {reason}") from error
    number = 0
    try:
        head = json.loads(lines[0])
        if head["autoiot_recording"] != FORMAT:
            raise ValueError
        calls: dict[Key, dict[str, Any]] = {}
        for line in lines[1:]:
            number += 1
            value = json.loads(line)
            key = Key(value["kind"], value["node"], value["iteration"], value["item"])
            calls[key] = {name: value[name] for name in (*KEPT, "request_sha256")}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise TaskInvalid(f"--replay {file}: line {number + 1} is not a line of a recording") from error
    return Recording(calls, head.get("embedding_model"))
