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
    most_tokens: int = 0
    """In a single call."""
    most_usd: float = 0.0


def falls_short(budget: Budget, forecast: Spent) -> bool:
    """Whether it would be spent before all that is usual has been asked."""
    usd = budget.usd is not None and forecast.usd > budget.usd
    tokens = budget.tokens is not None and forecast.tokens > budget.tokens
    return usd or tokens or (budget.calls is not None and forecast.calls > budget.calls)


def exhausted(budget: Budget, spent: Spent, node: str) -> str:
    """What of the budget does not last for a call of `node`, in words; empty where all of it does.

    Nobody knows the size of an answer before it is there: a call is taken to be as large as the largest one before it,
    so that enough is left for the document, which is taken to be as those before it on average. However late it is, it
    is written.
    """
    last = node == DOCUMENT
    wanted = 1 if last else 1 + KEPT_BACK
    if budget.calls is not None and spent.calls + wanted > budget.calls:
        return in_words(Budget(calls=budget.calls))
    share = 1 / spent.calls if spent.calls else 0.0
    tokens = max(spent.tokens * share, 0 if last else spent.most_tokens)
    if budget.tokens is not None and spent.tokens + wanted * tokens > budget.tokens:
        return in_words(Budget(tokens=budget.tokens))
    usd = max(spent.usd * share, 0.0 if last else spent.most_usd)
    if budget.usd is not None and spent.usd + wanted * usd > budget.usd:
        return in_words(Budget(usd=budget.usd))
    if budget.minutes is not None and spent.minutes >= budget.minutes and not last:
        return in_words(Budget(minutes=budget.minutes))
    return ""
