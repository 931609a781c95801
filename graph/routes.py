"""Where to go next: pure functions of the state."""

from typing import Literal

from langgraph.types import Send

from graph.candidates import may_repair
from graph.errors import RunFailed
from graph.policy import simplifies_next, tunes_next
from graph.state import State


def after_terms(state: State) -> list[Send] | Literal["outline"]:
    terms = state["terms"]
    return [Send("search", {"term": term}) for term in terms] if terms else "outline"


def after_design(state: State) -> list[Send | Literal["write_program"]]:
    """The first program, in one piece or function by function, and the drafts beside it.

    Raises RunFailed for a design without modules: an empty fan-out would end the run without a word.
    """
    shared = {"design_reference": state["design"], "found": state["documents"]}
    said = {"instruction": state["instruction"], "instructions": state["instructions"], "rules": state.get("rules", [])}
    numbers = range(1, state.get("beside", 0) + 1)
    beside = [Send("write_draft", {"draft": str(number), **shared, **said}) for number in numbers]
    if state.get("whole"):
        return ["write_program", *beside]
    names = state["module_names"]
    if not names:
        raise RunFailed("the design has no modules")
    cited = state.get("cited", {})
    modules = [Send("write_module", {"module": name, "cited": cited.get(name, ""), **shared}) for name in names]
    return [*modules, *beside]


def after_check(state: State) -> list[Send | Literal["execute"]] | Literal["debug", "evaluate"]:
    """Beside the candidate, drafts may be run before their turn."""
    candidate = state["candidate"]
    assert candidate
    if not candidate["problem"]:
        drafts, rules = state.get("drafts", {}), state.get("rules", [])
        given = [
            {"draft": number, "reference": drafts[number], "rules": rules} for number in state.get("run_ahead", [])
        ]
        return ["execute", *(Send("run_draft", one) for one in given)]
    return "debug" if may_repair(candidate, state["iteration"]) else "evaluate"


def after_execute(state: State) -> Literal["debug", "evaluate"]:
    candidate = state["candidate"]
    assert candidate
    return "debug" if may_repair(candidate, state["iteration"]) else "evaluate"


def after_evaluate(state: State) -> Literal["debug", "tune", "review", "draft", "improve", "simplify", "select"]:
    if state["candidate"]:
        return "debug"
    if tunes_next(state["iteration"], state["stopped_by"], state.get("tuned", [])):
        return "tune"
    return _going_on(state)


def after_tune(state: State) -> Literal["check", "review", "draft", "improve", "simplify", "select"]:
    return "check" if state["candidate"] else _going_on(state)


def after_simplify(state: State) -> Literal["check", "select"]:
    return "check" if state["candidate"] else "select"


def _going_on(state: State) -> Literal["review", "draft", "improve", "simplify", "select"]:
    if state["stopped_by"]:
        return "simplify" if simplifies_next(state["stopped_by"], done=state.get("simplified", False)) else "select"
    return "review" if state["asks_person"] else _operator(state)


def _operator(state: State) -> Literal["draft", "improve"]:
    return "draft" if state.get("following") == "draft" else "improve"


def after_review(state: State) -> Literal["draft", "improve", "select"]:
    return "select" if state["stopped_by"] else _operator(state)


def after_improve(state: State) -> Literal["check", "tune"]:
    return "tune" if state["stopped_by"] else "check"
