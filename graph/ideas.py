"""The one idea of a candidate: read from a reply, and told again with what came of it."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from graph.citations import ID, keep
from graph.comparison import Comparison
from graph.context import Context
from graph.errors import ReplyUnusable
from graph.ports import Passage
from graph.values import Version

IDEA = re.compile(r"^[^\w\n]*IDEA:\W*(.+)$", re.MULTILINE | re.IGNORECASE)
NONE = re.compile(r"none\b\s*(\W*$|[.,;:(\u2013\u2014]|- )", re.IGNORECASE)
TRIED = 24
"""Candidates of which the model is told, so that a prompt does not grow with the run."""


def read_idea(reply: str) -> str | None:
    """Raises ReplyUnusable when no line says it; None for `none`."""
    found = IDEA.search(reply)
    if not found:
        raise ReplyUnusable("the reply has no line that starts with IDEA:")
    idea = found[1].strip().strip("*").strip()
    return None if NONE.match(idea) else idea[:500]


def cites(context: Context, idea: str, shown: Mapping[str, Passage]) -> str:
    """Reference of the passages that it rests on; empty for none."""
    found = [shown[name] for name in dict.fromkeys(ID.findall(idea))]
    return keep(context, found) if found else ""


def cited_by(version: int, passages: str) -> dict[str, str]:
    """The change of the state's `cited` by what `cites` has found for the idea of a version."""
    return {f"version {version}": passages} if passages else {}


def told(version: Version) -> dict[str, Any]:
    """What was tried, and whether that made a difference: a number alone would be taken for one."""
    compared = Comparison(**version.against_parent) if version.against_parent else None
    verdict = compared.words(f"version {version.parent}") if compared else ""
    return asdict(version) | {"shown": numbers(version.validation or version.claim), "verdict": verdict}


def numbers(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name} {number:.4g}" for name, number in metrics.items())
