"""What a server says, made safe to be shown: a terminal obeys control characters."""

from typing import Any

CONTROLS = {number: None for number in (*range(9), 11, 12, *range(13, 32), *range(127, 160))}


def plain(value: Any) -> Any:
    """The same JSON, without control characters but tabs and ends of lines."""
    if isinstance(value, str):
        return value.translate(CONTROLS)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain(name): plain(item) for name, item in value.items()}
    return value
