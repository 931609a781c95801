import re

import pytest
from runs import SCORING, five, version

from app.report.plot import gather, score_plot
from graph.task import Scoring
from graph.values import Version

LOWER = Scoring(scorer="regression", metric="mae", direction="minimize")


def plot(
    versions: list[Version], metric: str = "f1", scoring: Scoring | None = SCORING, chosen: int | None = None
) -> str:
    return str(score_plot(versions, metric, scoring, chosen))


def label(svg: str) -> str:
    found = re.search(r'role="img" aria-label="([^"]*)"', svg)
    assert found
    return found[1]


def test_it_says_in_words_what_it_shows() -> None:
    assert label(plot(five(), chosen=4)) == (
        "Plot of f1 for each version. Higher is better. Measured on validation: 4 versions, from 0.713 (version 1) to "
        "0.9884 (version 4). Claimed: 4 versions, from 0.95 (version 2) to 0.9997 (version 1). Failed: 1. "
        "The target is 0.99. Version 4 is chosen, with 0.9884."
    )


@pytest.mark.parametrize("many", [0, 1, 200])
def test_any_number_of_versions(many: int) -> None:
    versions = [version(n, None, "", validation={"f1": n / 250}, claim={"f1": 0.9}) for n in range(1, many + 1)]
    svg = plot(versions)
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    assert len(svg) < 150_000


def test_it_takes_the_colours_of_the_page_and_tells_no_date() -> None:
    svg = plot(five(), chosen=4)
    assert not re.search(r"#0000\d\d|<metadata|<!--|<\?xml", svg)
    assert {"currentColor", "var(--measured)", "var(--claim)", "var(--failed)"} <= set(
        re.findall(r"currentColor|var\(--\w+\)", svg)
    )


def test_failed_versions_and_undefined_values_are_not_scores() -> None:
    versions = [
        version(1, None, "", validation={"f1": float("nan")}),
        version(2, None, "", status="failed", claim={"f1": 1.0}),
        version(3, None, ""),
    ]
    series = gather(versions, "f1", SCORING)
    assert (series.measured, series.claimed, series.failed) == ([], [], [2])
    plot(versions)


def test_the_running_best_follows_the_direction() -> None:
    versions = [version(n, None, "", validation={"mae": mae}) for n, mae in enumerate([3.0, 5.0, 2.0], 1)]
    assert gather(versions, "mae", LOWER).best == [(1, 3.0), (2, 3.0), (3, 2.0)]


def test_a_wild_claim_does_not_squeeze_what_was_measured() -> None:
    versions = [version(1, None, "", validation={"mae": 2.0}, claim={"mae": 1e12})]
    assert gather(versions, "mae", LOWER).range("mae") == (2.0, 2.0)
    plot(versions, "mae", LOWER)
    plot([version(1, None, "", claim={"mae": 1e308})], "mae", None)


def test_a_fraction_has_room_for_its_claims() -> None:
    versions = [version(1, None, "", validation={"f1": 0.01}, claim={"f1": 0.9})]
    assert gather(versions, "f1", None).range("f1") == (0.01, 0.9)
