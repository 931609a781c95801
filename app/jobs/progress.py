"""What a run tells while it goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from app.providers.usage import Usage


@dataclass(frozen=True)
class Event:
    kind: Literal["started", "finished", "note", "version"]
    node: str
    usage: Usage
    seconds: float
    iteration: int = 0
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict[str, Any])

    def as_json(self) -> dict[str, Any]:
        """All but its kind."""
        told = vars(self) | {"usage": vars(self.usage)}
        del told["kind"]
        return told


Listener = Callable[[Event], None]


def nobody(_: Event) -> None:
    """For runs that nobody watches."""
