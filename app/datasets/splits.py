"""Divides units into train, validation and test by a seeded rule."""

import random
from collections import Counter
from collections.abc import Mapping

SPLITS = ("train", "validation", "test")


def deal(groups: Mapping[str, Mapping[str, str]], shares: Mapping[str, float], seed: int) -> dict[str, tuple[str, ...]]:
    """Deal whole groups (group -> unit -> class) to the splits, so that each gets its share of each class.

    A class goes to every split before it goes to one twice, as far as the groups allow. The result depends
    on names, shares and seed alone.
    """
    counts = {name: Counter(groups[name].values()) for name in sorted(groups)}
    total = sum(counts.values(), Counter[str]())
    dealt = {split: Counter[str]() for split in shares}
    chosen: dict[str, list[str]] = {split: [] for split in shares}
    for name in _order(counts, seed):
        split = max(shares, key=lambda split: _need(counts[name], dealt[split], total, shares[split]))
        dealt[split] += counts[name]
        chosen[split] += groups[name]
    return {split: tuple(sorted(units)) for split, units in chosen.items()}


def _order(counts: Mapping[str, Counter[str]], seed: int) -> list[str]:
    names = list(counts)
    random.Random(seed).shuffle(names)
    # A large group that comes late would upset shares that were met already.
    return sorted(names, key=lambda name: -counts[name].total())


def _need(group: Counter[str], dealt: Counter[str], total: Counter[str], share: float) -> tuple[int, float]:
    lacking = sum(dealt[label] == 0 for label in group)
    deficit = sum(count * (share - dealt[label] / total[label]) for label, count in group.items())
    return lacking, deficit
