"""What the run cost: calls, tokens, bytes, money and time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.db.tables import CallRow
from app.report.numbers import count, duration, size

ANSWERED = frozenset({"finished", "rejected"})


@dataclass
class NodeCost:
    node: str
    calls: int = 0
    unanswered: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    usd: float | None = None
    """Of the calls whose price is known; none where there are none."""

    def add(self, call: CallRow) -> None:
        if call.status in ANSWERED:
            self.calls += 1
        else:
            self.unanswered += 1
        self.input_tokens += call.input_tokens
        self.output_tokens += call.output_tokens
        self.seconds += call.seconds
        if call.usd is not None:
            self.usd = (self.usd or 0.0) + call.usd


def by_node(calls: Iterable[CallRow]) -> list[NodeCost]:
    """In the order in which the nodes first called; what a fork took over was no cost of its own."""
    found: dict[str, NodeCost] = {}
    for call in paid_here(calls):
        found.setdefault(call.node, NodeCost(call.node)).add(call)
    return list(found.values())


def paid_here(calls: Iterable[CallRow]) -> list[CallRow]:
    return [call for call in calls if not call.inherited]


def totals(usage: dict[str, Any], calls: list[CallRow]) -> list[tuple[str, str]]:
    return [
        ("calls", count(usage.get("calls"))),
        ("tokens to the model", count(usage.get("input_tokens"))),
        ("tokens from it", count(usage.get("output_tokens"))),
        ("sent", size(usage.get("bytes_sent"))),
        ("received", size(usage.get("bytes_received"))),
        ("price", price(usage.get("usd"), calls)),
        ("wall time", duration(usage.get("seconds"))),
    ]


def price(usd: float | None, calls: list[CallRow]) -> str:
    if usd is None:
        return "no price known"
    answered = [call for call in paid_here(calls) if call.status in ANSWERED]
    unknown = sum(call.usd is None for call in answered)
    without = f" and {unknown} of {len(answered)} calls of unknown price" if unknown else ""
    return f"{usd:.4f} USD{without}"
