"""What was read: one page, paper or file as plain text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    title: str
    source: str
    """Its address, or the name of the file as its owner knows it: never a path of this machine."""
    text: str
    """Markdown or plain text, without NUL and lone surrogates."""
