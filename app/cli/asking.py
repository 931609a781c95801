"""The question to a person at a terminal, after an evaluation."""

from rich.console import Console


def ask_person(console: Console) -> dict[str, str]:
    """As a job takes it."""
    words = console.input("What next? Enter: go on · stop: finish · anything else: tell the model > ").strip()
    return {
        "action": "stop" if words.lower() == "stop" else "go",
        "instruction": words if words.lower() != "stop" else "",
    }
