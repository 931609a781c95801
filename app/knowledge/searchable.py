"""What of a passage is searched in."""

from graph.ports import Passage


def searchable(passage: Passage) -> str:
    """Its title, too: a heading often says what the text below it takes for granted."""
    return f"{passage.title}\n{passage.text}"
