import pytest

from app.jobs.course import course
from graph.task import Scoring
from graph.values import Version

F1 = Scoring(scorer="r_peaks", metric="f1", direction="maximize")


def version(number: int, f1: float | None, operator: str = "improve", repairs: int = 0) -> Version:
    status = "ok" if f1 is not None else "failed"
    found = {"f1": f1} if f1 is not None else None
    return Version(
        version=number,
        parent=None,
        idea="",
        source="s",
        status=status,
        operator=operator,
        repairs=repairs,
        validation=found,
        claim={"f1": 0.99} if found else {},
    )


VERSIONS = [version(1, None, "draft", 3), version(2, 0.8, "draft"), version(3, 0.7, "draft", 1), version(4, 0.9)]


def test_drafts_that_ran_without_a_repair_are_told_from_those_that_did_not() -> None:
    found = course(VERSIONS, F1, measured=True)
    assert (found["drafts"], found["drafts_that_ran_at_once"]) == (3, 1)


def test_the_best_score_after_each_version() -> None:
    assert course(VERSIONS, F1, measured=True)["best_so_far"] == [None, 0.8, 0.8, 0.9]


@pytest.mark.parametrize(("scoring", "best"), [(F1, 0.99), (None, None)])
def test_claims_count_where_nothing_is_measured(scoring: Scoring | None, best: float | None) -> None:
    assert course(VERSIONS, scoring, measured=False)["best_so_far"][-1] == best


def test_less_is_better_where_the_task_says_so() -> None:
    errors = Scoring(scorer="regression", metric="mae", direction="minimize")
    versions = [Version(n, None, "", "s", "ok", validation={"mae": mae}) for n, mae in ((1, 2.0), (2, 3.0), (3, 1.0))]
    assert course(versions, errors, measured=True)["best_so_far"] == [2.0, 2.0, 1.0]


def test_a_run_without_versions() -> None:
    assert course([], F1, measured=True) == {"drafts": 0, "drafts_that_ran_at_once": 0, "best_so_far": []}
