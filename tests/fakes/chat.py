"""A model with a script."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from graph.errors import BudgetSpent
from graph.ports import Call, Tool

T = TypeVar("T")
Key = tuple[str, int, str]


class Unscripted(AssertionError):
    """The script has no such call."""


class ScriptedChat:
    """Replies by (node, iteration, item), or by the node alone for its call without iteration and item.

    As in the real one, the same question gets the same reply, however often it is asked.
    """

    def __init__(self, script: Mapping[Key | str, str]) -> None:
        self.script = {_key(name): reply for name, reply in script.items()}
        self.calls: list[Call] = []
        self.most: int | None = None
        """Calls after which the budget is spent, but for the document."""
        self.tools: dict[str, Sequence[Tool]] = {}

    async def ask(self, call: Call, parse: Callable[[str], T], tools: Sequence[Tool] = ()) -> T:
        if self.most is not None and len(self.calls) >= self.most and call.node != "document":
            raise BudgetSpent
        self.calls.append(call)
        self.tools[call.node] = tools
        key = (call.node, call.iteration, call.item)
        if key not in self.script:
            near = [known for known in self.script if known[0] == call.node]
            raise Unscripted(
                f"nothing is scripted for {key}, only {near or list(self.script)}; it asked:\n{call.prompt}"
            )
        return parse(self.script[key])

    @property
    def keys(self) -> list[Key]:
        return [(call.node, call.iteration, call.item) for call in self.calls]

    def prompt(self, node: str, iteration: int = 0, item: str = "") -> str:
        """The only prompt of that name."""
        (found,) = {
            call.prompt for call in self.calls if (call.node, call.iteration, call.item) == (node, iteration, item)
        }
        return found


def _key(name: Key | str) -> Key:
    return (name, 0, "") if isinstance(name, str) else name
