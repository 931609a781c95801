"""What a task may ask for: a package of an index, by name and version."""

from collections.abc import Iterable, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

EXAMPLE = 'write e.g. neurokit2 or "torch==2.13.0"'


def read_requirement(text: str) -> Requirement:
    """Raises ValueError, with the one line that says what to write."""
    try:
        asked = Requirement(text)
    except InvalidRequirement as error:
        raise ValueError(f"{text!r} is not a package and its version; {EXAMPLE}") from error
    if asked.url or asked.marker:
        raise ValueError(f"{text!r}: packages come from an index, without an address or a condition; {EXAMPLE}")
    if asked.extras:
        raise ValueError(f"{text!r}: name the packages of {', '.join(sorted(asked.extras))} themselves; {EXAMPLE}")
    return asked


def checked_requirement(text: str) -> str:
    """The same in its usual spelling. Raises ValueError."""
    return str(read_requirement(text))


def satisfied(asked: Iterable[str], versions: Mapping[str, str]) -> bool:
    """Whether `versions` (canonical name -> version) has all of them."""
    wanted = [read_requirement(text) for text in asked]
    return all(
        (version := versions.get(canonicalize_name(one.name))) is not None
        and one.specifier.contains(version, prereleases=True)
        for one in wanted
    )
