"""Turns whatever a library says about a broken file into one line that names the file."""

from collections.abc import Generator
from contextlib import contextmanager

from graph.errors import DatasetInvalid


@contextmanager
def reading(relative: str) -> Generator[None]:
    """Raises DatasetInvalid with the file's name and the reason in place of any other error."""
    try:
        yield
    except DatasetInvalid:
        raise
    except Exception as error:  # a parser stumbles over a broken file with any error there is
        raise DatasetInvalid(f"{relative} cannot be read: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    first = next(iter(str(text).splitlines()), "")[:200].rstrip(" .")
    return first or type(error).__name__
