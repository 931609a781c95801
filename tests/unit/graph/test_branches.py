"""Which operator is next, and from which program. Numbers in comments are worked out by hand."""

from dataclasses import replace

import pytest

from graph.branches import base, best_draft, branches, following, is_plateau, rival, root_of
from graph.task import Scoring, Search
from graph.values import Version

UP = Scoring(scorer="regression", metric="f1", direction="maximize")
DOWN = UP.model_copy(update={"direction": "minimize"})
TREE = Search(policy="tree", drafts=2)
LINEAR = Search(policy="linear")


def made(*rows: tuple[int | None, str, float | None]) -> list[Version]:
    """From (parent, operator, score), numbered from 1."""
    return [
        Version(
            version=number,
            parent=parent,
            idea="",
            source="s",
            status="failed" if score is None else "ok",
            operator=operator,
            validation=None if score is None else {"f1": score},
        )
        for number, (parent, operator, score) in enumerate(rows, 1)
    ]


def test_the_operators_of_each_policy() -> None:
    one = made((None, "draft", 0.5))
    two = made((None, "draft", 0.5), (1, "tune", 0.6), (None, "draft", None))
    for versions, expected in ((one, ("improve", "draft", "draft")), (two, ("improve", "improve", "draft"))):
        policies = (LINEAR, TREE, Search(policy="sample"))
        assert tuple(following(policy, versions, UP, 5, measured=True) for policy in policies) == expected


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((0.4, 0.4), False),
        ((0.4, 0.5, 0.3), True),
        ((0.4, 0.4, None), True),
        ((0.6, 0.4, 0.4), False),
        ((0.6, 0.4, 0.4, 0.3), True),
        ((0.4, 0.4, 0.6), False),
    ],
)
def test_a_plateau_is_three_improvements_of_which_none_leads(scores, expected) -> None:
    versions = made((None, "draft", 0.5), *((1, "improve", score) for score in scores))
    assert is_plateau(versions, UP, measured=True) is expected
    assert following(Search(policy="tree", drafts=1), versions, UP, 2, measured=True) == (
        "draft" if expected else "improve"
    )
    after = [*versions, *made(*[(None, "draft", 0.1)] * (len(versions) + 1))[-1:]]
    assert not is_plateau(after, UP, measured=True), "a draft ends it"


def test_the_last_of_a_tree_is_a_merge_where_there_are_two_branches() -> None:
    two = made((None, "draft", 0.5), (None, "draft", 0.6), (2, "improve", 0.7))
    for policy, left, expected in ((TREE, 2, "improve"), (TREE, 1, "merge"), (LINEAR, 1, "improve")):
        assert following(policy, two, UP, left, measured=True) == expected
    assert following(Search(policy="tree", drafts=3), two, UP, 1, measured=True) == "draft", "not before the drafts"
    assert following(TREE, two[:1], None, 5, measured=True) == "improve", "nothing to choose by"
    alone = made((None, "draft", 0.5), (None, "draft", None), (1, "improve", 0.7))
    assert following(TREE, alone, UP, 1, measured=True) == "improve"


def test_the_rival_is_the_best_of_the_other_branches() -> None:
    versions = made(
        (None, "draft", 0.5), (None, "draft", 0.6), (2, "improve", 0.8), (1, "improve", 0.55), (2, "x", 0.7)
    )
    found = rival(versions, UP, measured=True)
    assert found
    assert found.version == 4
    assert rival(versions, None, measured=True) is None


def test_every_version_goes_back_to_a_draft() -> None:
    versions = made(
        (None, "draft", 0.5), (None, "draft", 0.5), (2, "improve", 0.5), (3, "tune", 0.5), (1, "improve", 0)
    )
    assert root_of(versions) == {1: 1, 2: 2, 3: 2, 4: 2, 5: 1}


def test_linear_goes_on_from_the_leading_one() -> None:
    versions = made((None, "draft", 0.5), (1, "improve", 0.7), (2, "improve", 0.6))
    for scoring, expected in ((UP, 2), (DOWN, 1)):
        found = base(Search(), versions, scoring, measured=True)
        assert found
        assert found.version == expected


def test_a_branch_that_is_ahead_is_tried_first_and_one_that_was_seldom_tried_again() -> None:
    drafts = [(None, "draft", 0.5), (None, "draft", 0.9)]
    versions = made(*drafts)
    seen = list[int]()
    for _ in range(12):
        found = base(TREE, versions, UP, measured=True)
        assert found
        seen.append(found.version)
        versions = made(
            *[(v.parent, v.operator, (v.validation or {}).get("f1")) for v in versions], (seen[-1], "improve", 0.1)
        )
    # Nothing helps, so it stays with the better one until sqrt(ln(n + 1)) / 2 of the other one outweighs it:
    # 1 + sqrt(ln(n + 1) / (n + 1)) / 2 against sqrt(ln(n + 1)) / 2; at n = 12 that is 1.22 against 0.80.
    assert set(seen) == {2}
    close = made((None, "draft", 0.89), (None, "draft", 0.9), (None, "draft", 0.0), *[(2, "improve", 0.1)] * 3)
    found = base(TREE, close, UP, measured=True)
    assert found
    # Branch 2: 1 + 0.5 * sqrt(ln 4 / 4) = 1.294; branch 1: 0.989 + 0.5 * sqrt(ln 4) = 1.578.
    assert found.version == 1


def based_on(versions: list[Version], scoring: Scoring = UP) -> int:
    found = base(TREE, versions, scoring, measured=True)
    assert found
    return found.version


def test_a_branch_that_gains_is_gone_on_with_before_one_that_is_a_little_ahead() -> None:
    # Both had two calls. Branch 1 has gained 0.2, so promises 0.7 + 0.2 / 2 = 0.8; branch 2 stands at 0.72.
    rows = [(None, "draft", 0.5), (None, "draft", 0.72), (1, "improve", 0.6), (3, "improve", 0.7)]
    idle = [(2, "improve", 0.6)] * 2
    assert based_on(made(*rows, *idle)) == 4
    # What lies between them turned over, and the direction.
    mirrored = made(*[(parent, operator, -(score or 0)) for parent, operator, score in (*rows, *idle)])
    assert based_on(mirrored, DOWN) == 4
    # The same gain for four calls, two of them repairs: 0.7 + 0.2 / 4 = 0.75 still promises more than 0.72. For ten,
    # 0.7 + 0.2 / 10 = 0.72 promises no more, and the other one is the less tried.
    for repairs, expected in ((1, 4), (4, 2)):
        costly = [
            replace(version, repairs=repairs) if version.version in (3, 4) else version for version in made(*rows)
        ]
        assert based_on([*costly, *made(*rows, *idle)[4:]]) == expected


def test_calls_are_counted_not_candidates() -> None:
    rows = [(None, "draft", 0.5), (None, "draft", 0.5), (1, "tune", 0.5), (2, "improve", 0.5), (1, "improve", 0.5)]
    versions = [replace(v, repairs=2) if v.version == 5 else v for v in made(*rows)]
    found = branches(versions, UP, measured=True)
    assert [(one.best.version, one.calls, one.gained) for one in found] == [(1, 3, 0.0), (2, 1, 0.0)]
    # As good as each other: the one with fewer calls.
    assert based_on(versions) == 2


def test_a_branch_whose_draft_failed_is_none() -> None:
    versions = made((None, "draft", None), (None, "draft", 0.5))
    assert [one.best.version for one in branches(versions, UP, measured=True)] == [2]


def test_the_best_of_the_branch_is_gone_on_from() -> None:
    versions = made((None, "draft", 0.5), (None, "draft", 0.4), (1, "improve", 0.7), (3, "improve", 0.6))
    found = base(TREE, versions, UP, measured=True)
    assert found
    assert found.version in (2, 3)
    downwards = base(TREE, made((None, "draft", 0.5), (1, "improve", 0.3)), DOWN, measured=True)
    assert downwards
    assert downwards.version == 2


def test_without_numbers_it_goes_on_from_the_last_that_ran() -> None:
    found = base(TREE, made((None, "draft", 0.5), (1, "improve", None)), None, measured=True)
    assert found
    assert found.version == 1
    assert base(TREE, made((None, "draft", None)), UP, measured=True) is None


def test_what_the_drafts_alone_would_have_given() -> None:
    versions = made((None, "draft", 0.5), (1, "improve", 0.9), (None, "draft", 0.6))
    found = best_draft(versions, UP, measured=True)
    assert found
    assert found.version == 3
    assert best_draft(made((None, "draft", None)), UP, measured=True) is None
