"""Regular expressions of a dataset's description, which may be a stranger's.

They are those of `re`, since programs are told of them. They are searched for by the library `regex`, which can be told
to give up, some patterns taking for ever on some names, and does not hold up all other threads meanwhile.
"""

import re

import regex

from graph.errors import DatasetInvalid

SECONDS = 1.0
"""For one path, which takes microseconds else."""


def groups_of(pattern: str) -> frozenset[str]:
    """Raises ValueError, which tells what is wrong, for what is no regular expression."""
    try:
        regex.compile(pattern)
        return frozenset(re.compile(pattern).groupindex)
    except (re.error, regex.error) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def named_in(pattern: str, path: str, seconds: float = SECONDS) -> dict[str, str | None]:
    """What each named group finds; empty where the pattern is not in the path. Raises DatasetInvalid."""
    try:
        found = regex.search(pattern, path, timeout=seconds, concurrent=True)
    except TimeoutError:
        raise DatasetInvalid(
            f"dataset.yaml: the pattern {pattern!a} takes too long on {path!a}: make it simpler"
        ) from None
    return found.groupdict() if found else {}
