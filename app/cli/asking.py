"""The question to a person at a terminal, after an evaluation."""

import contextlib
import re
import signal
from collections.abc import Generator
from typing import Any

from rich.console import Console

QUESTION = (
    "What next? Enter: go on · stop: finish · take 2: finish with v2 · back 2: go on from v2 · target 0.99: is enough"
    " · anything else: tell the model > "
)
VERSION = re.compile(r"(take|back)\s+v?(\d{1,4})", re.IGNORECASE)
TARGET = re.compile(r"target\s+(-?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12}))", re.IGNORECASE)


def ask_person(console: Console) -> dict[str, Any]:
    """As a job takes it. Raises KeyboardInterrupt and EOFError."""
    with _interruptible():
        return understood(console.input(QUESTION).strip())


@contextlib.contextmanager
def _interruptible() -> Generator[None]:
    """An event loop that waits in this very thread would hear of the first Ctrl-C only after the answer."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def understood(words: str) -> dict[str, Any]:
    if words.lower() == "stop":
        return {"action": "stop", "instruction": ""}
    if match := VERSION.fullmatch(words):
        action = "stop" if match[1].lower() == "take" else "go"
        return {"action": action, "instruction": "", "version": int(match[2])}
    if match := TARGET.fullmatch(words):
        return {"action": "go", "instruction": "", "target": float(match[1])}
    return {"action": "go", "instruction": words}
