"""The seeded rule."""

from collections import Counter

import pytest

from app.datasets.splits import deal

SHARES = {"train": 0.4, "validation": 0.3, "test": 0.3}


def one_each(classes: dict[str, int]) -> dict[str, dict[str, str]]:
    return {f"{label}{i}": {f"{label}{i}": label} for label, count in classes.items() for i in range(count)}


def test_order_of_the_files_does_not_matter():
    groups = one_each({"": 48})
    backwards = dict(reversed(groups.items()))
    assert deal(groups, SHARES, 7) == deal(backwards, SHARES, 7)
    assert deal(groups, SHARES, 7) != deal(groups, SHARES, 8)


def test_the_rule_gives_the_same_split_for_ever():
    assert deal(one_each({"u": 6}), SHARES, 7) == {
        "train": ("u3", "u4"),
        "validation": ("u0", "u1"),
        "test": ("u2", "u5"),
    }


@pytest.mark.parametrize("seed", range(20))
def test_every_class_is_in_every_split_and_shares_are_met(seed: int):
    groups = one_each({"walk": 40, "run": 10, "rare": 3})
    splits = deal(groups, SHARES, seed)
    for split, share in SHARES.items():
        counts = Counter(name.rstrip("0123456789") for name in splits[split])
        assert set(counts) == {"walk", "run", "rare"}
        assert abs(counts["walk"] - 40 * share) <= 1
    assert sorted(name for names in splits.values() for name in names) == sorted(groups)


def test_a_class_of_few_units_is_dealt_to_every_split_before_shares_count():
    splits = deal(one_each({"a": 4}), {"train": 0.8, "validation": 0.1, "test": 0.1}, 1)
    assert [len(names) for names in splits.values()] == [2, 1, 1]


def test_groups_stay_together():
    groups = {f"s{i}": {f"s{i}_{k}": "ab"[k % 2] for k in range(1 + i % 4)} for i in range(12)}
    splits = deal(groups, SHARES, 1)
    where = {name: split for split, names in splits.items() for name in names}
    assert all(len({where[name] for name in units}) == 1 for units in groups.values())
    assert all(splits.values())


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_units_leave_a_split_empty(count: int):
    splits = deal(one_each({"": count}), SHARES, 1)
    assert sum(map(len, splits.values())) == count
