"""Text that a program printed, made safe to show in a terminal, a page or a prompt."""

import re
import unicodedata
from collections.abc import Mapping

_BIDIRECTIONAL = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}


def scrub(text: str) -> str:
    """Without control characters (but newline and tab), lone surrogates and bidirectional marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in "\n\t" or not _is_unsafe(char))


def rename(text: str, names: Mapping[str, str]) -> str:
    """With each path that is a key of `names` called by its value, longer paths first."""
    for path in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(path) + r"(?![\w-])", lambda _, name=names[path]: name, text)
    return text


def _is_unsafe(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"} or char in _BIDIRECTIONAL
