import pytest
from langgraph.types import Send
from small_world import state

from graph import routes
from graph.candidates import first_candidate
from graph.errors import RunFailed


def candidate(**values):
    return {**first_candidate("s"), **values}


@pytest.mark.parametrize(
    ("terms", "expected"),
    [([], "outline"), (["a", "b"], [Send("search", {"term": "a"}), Send("search", {"term": "b"})])],
)
def test_after_terms(terms, expected):
    assert routes.after_terms(state(terms=terms)) == expected


def test_after_design():
    shared = {"design_reference": "d", "cited": "", "found": ["x"]}
    assert routes.after_design(state(design="d", documents=["x"], module_names=["a", "b"])) == [
        Send("write_module", {"module": "a", **shared}),
        Send("write_module", {"module": "b", **shared}),
    ]


def test_after_the_design_of_a_whole_program():
    assert routes.after_design(state(design="d", module_names=["a"], whole=True)) == ["write_program"]


@pytest.mark.parametrize(("whole", "first"), [(True, "write_program"), (False, "write_module")])
def test_drafts_are_written_beside_the_first_program(whole, first):
    given = {"design": "d", "module_names": ["a"], "documents": ["x"], "instruction": "i", "rules": ["r"]}
    sent = routes.after_design(state(whole=whole, beside=2, **given))
    nodes = [one if isinstance(one, str) else one.node for one in sent]
    assert nodes == [first, "write_draft", "write_draft"]
    assert [one.arg["draft"] for one in sent[1:]] == ["1", "2"]
    told = {"design_reference": "d", "found": ["x"], "instruction": "i", "instructions": [], "rules": ["r"]}
    assert sent[1].arg == {"draft": "1", **told}


def test_drafts_are_run_beside_the_candidate():
    given = {"drafts": {"1": "a", "2": "b", "3": "c"}, "run_ahead": ["2", "3"], "rules": ["r"]}
    assert routes.after_check(state(candidate=candidate(), **given)) == [
        "execute",
        Send("run_draft", {"draft": "2", "reference": "b", "rules": ["r"]}),
        Send("run_draft", {"draft": "3", "reference": "c", "rules": ["r"]}),
    ]


def test_after_a_design_without_modules():
    with pytest.raises(RunFailed, match="no modules"):
        routes.after_design(state(design="d"))


@pytest.mark.parametrize(
    ("iteration", "problem", "repairs", "checked", "executed"),
    [
        (0, "", 0, "execute", "evaluate"),
        (0, "", 3, "execute", "evaluate"),
        (0, "p", 0, "debug", "debug"),
        (0, "p", 2, "debug", "debug"),
        (0, "p", 3, "evaluate", "evaluate"),
        (1, "p", 1, "debug", "debug"),
        (1, "p", 2, "evaluate", "evaluate"),
    ],
)
def test_after_check_and_execute(iteration, problem, repairs, checked, executed):
    at = state(candidate=candidate(problem=problem, repairs=repairs), iteration=iteration)
    assert routes.after_check(at) == (["execute"] if checked == "execute" else checked)
    assert routes.after_execute(at) == executed


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"candidate": candidate(problem="p")}, "debug"),
        ({"stopped_by": "target"}, "simplify"),
        ({"stopped_by": "target", "asks_person": True}, "simplify"),
        ({"stopped_by": "target", "simplified": True}, "select"),
        ({"stopped_by": "person"}, "select"),
        ({"stopped_by": "iterations"}, "tune"),
        ({"stopped_by": "budget", "iteration": 3, "tuned": ["s"]}, "tune"),
        ({}, "tune"),
        ({"asks_person": True}, "tune"),
        ({"asks_person": True, "tuned": ["s"]}, "review"),
        ({"tuned": ["s"]}, "improve"),
        ({"iteration": 1}, "improve"),
    ],
)
def test_after_evaluate(values, expected):
    assert routes.after_evaluate(state(**values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"candidate": candidate()}, "check"),
        ({"candidate": candidate(), "stopped_by": "ideas"}, "check"),
        ({"stopped_by": "ideas"}, "simplify"),
        ({"stopped_by": "ideas", "simplified": True}, "select"),
        ({"stopped_by": "budget"}, "select"),
        ({"asks_person": True}, "review"),
        ({}, "improve"),
    ],
)
def test_after_tune(values, expected):
    assert routes.after_tune(state(**values)) == expected


def test_one_that_is_given_up_is_not_repaired():
    at = state(candidate=candidate(problem="p", given_up=True))
    assert (routes.after_check(at), routes.after_execute(at)) == ("evaluate", "evaluate")


@pytest.mark.parametrize(("stopped_by", "review", "improve"), [("", "improve", "check"), ("ideas", "select", "tune")])
def test_after_review_and_improve(stopped_by, review, improve):
    at = state(stopped_by=stopped_by)
    assert (routes.after_review(at), routes.after_improve(at)) == (review, improve)
