"""Programs that are written from the beginning, by a method of their own."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from graph.candidates import new_candidate
from graph.citations import ID, refuse_unknown
from graph.context import Context
from graph.errors import ReplyUnusable
from graph.ideas import cited_by, cites, read_idea
from graph.parse import python
from graph.ports import Passage
from graph.state import State


class Draft(BaseModel):
    model_config = ConfigDict(frozen=True)

    idea: str
    source: str
    """Reference of the program."""
    cited: str = ""
    """Reference of the passages that it rests on; empty for none."""
    ahead: str | None = None
    """Reference of how it ran before its turn; empty where reading it spoke against that, none where it did not."""


def read_draft(reply: str, shown: Mapping[str, Passage]) -> tuple[str, str]:
    """The idea and the program. Raises ReplyUnusable."""
    idea = read_idea(reply)
    if idea is None:
        raise ReplyUnusable("a program is wanted: IDEA: none is no answer here")
    refuse_unknown(ID.findall(idea), shown, "the idea")
    return idea, python(reply)


def keep_draft(context: Context, idea: str, program: str, shown: Mapping[str, Passage]) -> Draft:
    return Draft(idea=idea, source=context.keep(program), cited=cites(context, idea, shown))


def as_draft(context: Context, reference: str) -> Draft:
    return Draft.model_validate_json(context.text(reference))


def as_candidate(draft: Draft, iteration: int) -> dict[str, Any]:
    """The change of the state by which it is the candidate."""
    version = iteration + 1
    return {
        "iteration": iteration,
        "cited": cited_by(version, draft.cited),
        "candidate": {**new_candidate(version, None, draft.idea, draft.source, "draft"), "ahead": draft.ahead or ""},
    }


def to_run_ahead(drafts: Mapping[str, Draft], room: int) -> list[str]:
    """The numbers of those that are run before their turn where `room` is left for so many, the first ones first."""
    return [number for number in sorted(drafts, key=int) if drafts[number].ahead is None][: max(0, room)]


def next_written(state: State) -> str | None:
    """The number of a draft that waits to be tried; none where a person has said something since it was written."""
    drafts = state.get("drafts") or {}
    if not drafts or state["instruction"] or state["instructions"]:
        return None
    return min(drafts, key=int)
