"""The question to a person at a terminal, after an evaluation."""

import re
from typing import Any

from rich.console import Console

QUESTION = (
    "What next? Enter: go on · stop: finish · take 2: finish with v2 · back 2: go on from v2 · target 0.99: is enough"
    " · anything else: tell the model > "
)
VERSION = re.compile(r"(take|back)\s+v?(\d{1,4})", re.IGNORECASE)
TARGET = re.compile(r"target\s+(-?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12}))", re.IGNORECASE)


def ask_person(console: Console) -> dict[str, Any]:
    """As a job takes it."""
    return understood(console.input(QUESTION).strip())


def understood(words: str) -> dict[str, Any]:
    if words.lower() == "stop":
        return {"action": "stop", "instruction": ""}
    if match := VERSION.fullmatch(words):
        action = "stop" if match[1].lower() == "take" else "go"
        return {"action": action, "instruction": "", "version": int(match[2])}
    if match := TARGET.fullmatch(words):
        return {"action": "go", "instruction": "", "target": float(match[1])}
    return {"action": "go", "instruction": words}
