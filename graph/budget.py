"""Whether what a run may cost lasts for one more question to the model."""

from dataclasses import dataclass

from graph.task import Budget

DOCUMENT = "document"
KEPT_BACK = 1
"""Calls that everything else leaves over, so that the result can be documented."""


def in_words(budget: Budget) -> str:
    """Empty for none."""
    parts = [
        (budget.calls, f"{budget.calls} calls"),
        (budget.tokens, f"{budget.tokens or 0:,} tokens"),
        (budget.usd, f"{budget.usd or 0:g} USD"),
        (budget.minutes, f"{budget.minutes or 0:g} minutes"),
    ]
    return ", ".join(words for limit, words in parts if limit is not None)


@dataclass(frozen=True)
class Spent:
    calls: int = 0
    tokens: int = 0
    usd: float = 0.0
    minutes: float = 0.0


def exhausted(budget: Budget, spent: Spent, node: str) -> str:
    """What of the budget does not last for a call of `node`, in words; empty where all of it does.

    Nobody knows the size of an answer before it is there: a call is taken to be as large as those before it on average.
    A document is written, however late it is.
    """
    wanted = 1 if node == DOCUMENT else 1 + KEPT_BACK
    if budget.calls is not None and spent.calls + wanted > budget.calls:
        return in_words(Budget(calls=budget.calls))
    mean = wanted / spent.calls if spent.calls else 0.0
    if budget.tokens is not None and spent.tokens * (1 + mean) > budget.tokens:
        return in_words(Budget(tokens=budget.tokens))
    if budget.usd is not None and spent.usd * (1 + mean) > budget.usd:
        return in_words(Budget(usd=budget.usd))
    if budget.minutes is not None and spent.minutes >= budget.minutes and node != DOCUMENT:
        return in_words(Budget(minutes=budget.minutes))
    return ""
