"""One line for a person, on stderr."""

from rich.console import Console


def one_line(text: str) -> str:
    """The first line; the others are counted."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()] or ["failed without a word"]
    return lines[0] + (f" (and {len(lines) - 1} more)" if lines[1:] else "")


def tell(line: str) -> None:
    # soft_wrap: a path that a terminal breaks in two cannot be copied.
    Console(stderr=True, highlight=False, markup=False, emoji=False).print(f"autoiot: {one_line(line)}", soft_wrap=True)
