"""Names of sandbox backends, as they are typed."""

from graph.errors import TaskInvalid
from sandbox.registry import AUTO, BACKENDS

CHOICES = f"{AUTO} | {' | '.join(BACKENDS)}"


def known_sandbox(name: str) -> str:
    """Raises TaskInvalid."""
    if name not in (AUTO, *BACKENDS):
        raise TaskInvalid(f"--sandbox {name}: choose one of {AUTO}, {', '.join(BACKENDS)}")
    return name
