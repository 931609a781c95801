"""Text that a program printed, made safe to show in a terminal, a page or a prompt."""

import unicodedata

_BIDIRECTIONAL = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}


def scrub(text: str) -> str:
    """Without control characters (but newline and tab), lone surrogates and bidirectional marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in "\n\t" or not _is_unsafe(char))


def _is_unsafe(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"} or char in _BIDIRECTIONAL
