"""Packages beyond those of every sandbox, as they are typed."""

from graph.errors import TaskInvalid
from sandbox.requirement import checked_requirement

PACKAGE = "A package beyond those of every sandbox, e.g. neurokit2 or torch==2.13.0; may be given more than once."


def requirements(given: list[str] | None) -> tuple[str, ...]:
    """Raises TaskInvalid."""
    try:
        return tuple(checked_requirement(text) for text in given or ())
    except ValueError as error:
        raise TaskInvalid(f"--package {error}") from error
