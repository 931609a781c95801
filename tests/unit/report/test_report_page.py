import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from runs import CALLS, SCORING, TEXTS, UNITS, call, five, numbers, result, text, version

from app.report.page import report_page
from app.report.said import said_words
from app.report.words import against_drafts, constraint_words, rule_words
from graph.task import Scoring
from graph.values import Version

HOSTILE = "</script><b>bold</b><img src=http://evil.example/x onerror=alert(1)>\"'&"


def page(versions: list[Version], best: int | None = None, scoring: Scoring | None = SCORING, **values: Any) -> str:
    return report_page(result(versions, best, **values), scoring, versions, text, CALLS)


def words(html: str) -> str:
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


class Tags(HTMLParser):
    """The elements that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def assert_self_contained(html: str) -> None:
    tags = Tags(html)
    assert not tags.names & {"script", "link", "img", "iframe", "object", "embed", "base", "image"}
    loads = [value for name, value in tags.attributes if name.split(":")[-1] in ("src", "href", "srcset", "data")]
    assert loads
    assert all(value.startswith("#") for value in loads)
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    assert not re.search(r"@import|url\((?!#)", html)


def test_the_headline_says_what_was_measured_on_the_test_data() -> None:
    shown = words(page(five(), 4))
    assert "Test f1 0.991, measured by AutoIOT on data that nothing before had looked at" in shown
    assert "v4, chosen from 5" in shown


def test_nothing_is_loaded_from_outside() -> None:
    assert_self_contained(page(five(), 4))


def test_equal_input_gives_equal_bytes() -> None:
    assert page(five(), 4) == page(five(), 4)


def test_what_others_wrote_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {name: HOSTILE for name in ("source", "output")} | {"diff": f"--- a\n+++ b\n@@ 1 @@\n+{HOSTILE}"}
    units = '{"<i>unit</i>": {"f1": 0.9, "<u>m</u>": 1}}'
    monkeypatch.setattr("runs.TEXTS", TEXTS | hostile | {"units": units})
    first = version(1, None, HOSTILE, validation={"f1": 0.5, "<u>m</u>": 1.0}, claim={"<s>": 1.0}, units="units")
    second = version(2, 1, HOSTILE, status="failed", problem=HOSTILE)
    html = page([first, second], 1, notes=[HOSTILE], task={"name": HOSTILE, "target": HOSTILE})
    assert_self_contained(html)
    assert not Tags(html).names & {"b", "i", "u", "s", "img"}
    assert "&lt;/script&gt;&lt;b&gt;" in html


def test_a_hostile_metric_name_cannot_leave_the_plot() -> None:
    metric = '$\\frac{</svg><b>--><x"'
    scoring = Scoring(scorer="mine.py", metric=metric, direction="minimize")
    html = page([version(1, None, "", validation={metric: 2.0}, claim={metric: 1.0})], 1, scoring)
    assert "<b>" not in html
    assert html.count("</svg>") == 1


def test_claim_and_measured_stand_side_by_side_with_their_difference() -> None:
    row = words(page(five(), 4)).split("Threshold at a share of the highest sample")[1]
    assert row.startswith(" ok 0.713 claims 0.9997 (+0.2867) 0.802 0.642 9.4 3.2 143 84 1")


def test_a_claim_without_a_column_is_told() -> None:
    assert "It also claims: recall 1" in words(page(five(), 4))


def test_without_a_best_program() -> None:
    failed = [version(1, None, "x", status="failed", problem="exit code 1")]
    assert "No program: the only version did not run to its end" in words(page(failed))


def test_without_any_version() -> None:
    shown = words(page([], scoring=None, measured=False))
    assert "No program: no version was written" in shown
    assert "No version was written." in shown


def test_without_scoring_everything_is_claimed() -> None:
    claimed = [replace(v, validation=None, units="") for v in five()]
    shown = words(page(claimed, 4, None, measured=False))
    assert "Claimed, not measured: the program says of itself f1 0.9884" in shown
    assert "measured by AutoIOT" not in shown
    assert "measured once on test" not in shown
    assert "Nothing was measured" in shown


@pytest.mark.parametrize("undefined", [None, float("nan")])
def test_what_is_not_defined_says_so(undefined: float | None) -> None:
    versions = [version(1, None, "x", validation=numbers(float("nan"), 0.5, 0.5, float("nan")), claim={"f1": 0.9})]
    given = result(versions, 1)
    given["best"]["test"] = {"f1": undefined}
    shown = words(report_page(given, SCORING, versions, text, []))
    assert "Test f1 undefined" in shown
    assert "undefined claims 0.9 0.5 0.5 undefined" in shown
    assert "nan" not in shown.lower()


def test_units_are_listed_worst_first_and_undefined_last() -> None:
    shown = words(page(five(), 4))
    assert UNITS.count("rec-") == 4
    assert "rec-b 0.912 rec-d 0.97 rec-a 0.998 rec-c undefined" in shown


def test_a_failure_on_the_test_data_is_the_headline() -> None:
    given = result(five(), 4)
    given["best"] |= {"test": None, "test_problem": "exit code 1: ValueError: empty"}
    html = report_page(given, SCORING, five(), text, CALLS)
    assert "On the test data the chosen program failed: exit code 1: ValueError: empty" in words(html)
    assert 'class="box none"' in html


def test_unconfined_programs_are_warned_of() -> None:
    shown = words(page(five(), 4, isolation="none"))
    assert "The programs ran unconfined." in shown
    assert "never saw" not in shown
    assert "The programs ran unconfined." not in words(page(five(), 4))


def test_the_cost_is_told_per_step_without_inventing_a_price() -> None:
    shown = words(page(five(), 4))
    assert "price no price known wall time 4 min 31 s" in shown
    assert "write_module 2 8,000 1,400 13.0" in shown
    assert "improve 1 and 1 unanswered 4,000 700 13.0" in shown


def test_a_price_that_lacks_calls_says_so() -> None:
    given = result(five(), 4)
    given["usage"]["usd"] = 0.25
    shown = words(report_page(given, SCORING, five(), text, [call("terms", usd=0.25), call("search")]))
    assert "0.2500 USD and 1 of 2 calls of unknown price" in shown


def test_an_unknown_parent_or_a_run_that_never_was_are_dashes() -> None:
    never = version(
        1, None, "x", status="failed", problem="syntax error", seconds=0.0, peak_memory_mb=0.0, lines=0, output=""
    )
    shown = words(page([never]))
    assert "v1 – x syntax error failed – – – – 0" in shown
    assert "(it was not run)" in shown


def test_a_lone_surrogate_can_be_written() -> None:
    page([version(1, None, "bad \ud800 idea", validation={"f1": 0.5})], 1).encode("utf-8")


def test_how_long_the_chosen_program_takes_is_told_in_two_parts() -> None:
    assert "start and learning" not in page(five(), 4)
    best = result(five(), 4)["best"] | {"pace": {"start": 12.34, "per_unit": 0.0512}}
    assert "about 12 s for start and learning, and 0.051 s for each unit" in report_page(
        result(five(), 4) | {"best": best}, SCORING, five(), text, CALLS
    )


def test_memory_of_a_gpu_has_a_column_where_there_was_one() -> None:
    versions = [replace(one, peak_gpu_mb=1024.4 if one.version == 2 else None) for one in five()]
    assert "MiB of GPU" not in page(five(), 4)
    shown = page(versions, 4)
    assert "MiB of GPU" in shown and '<td class="number">1,024</td>' in shown


def test_a_pace_that_was_measured_stands_beside_the_seconds() -> None:
    versions = [replace(one, pace={"start": 2.0, "per_unit": 0.3} if one.version == 4 else None) for one in five()]
    assert page(versions, 4).count("<small>0.3 s a unit</small>") == 1


def test_constraints_are_told_in_words() -> None:
    assert constraint_words({"max_seconds": 60.0, "packages": ["torch==2.13.0"], "max_memory_mb": None}) == (
        "at most 60 s for a whole split, the packages torch==2.13.0 besides the usual ones"
    )
    assert constraint_words({"packages": []}) == ""


def test_whether_a_version_is_better_is_said_in_words() -> None:
    gain = {"verdict": "better", "gain": 0.02, "low": 0.01, "high": 0.03, "units": 4}
    tie = {"verdict": "not distinguishable", "gain": -0.001, "low": -0.01, "high": 0.008, "units": 4}
    made = [version(1, None, "first", operator="draft"), version(2, 1, "second", operator="tune", against_parent=gain)]
    told = [{"version": 1, "status": "ok", "against_best": tie}, {"version": 2, "status": "ok", "against_best": None}]
    shown = words(report_page(result(made, 2) | {"versions": told}, SCORING, made, text, CALLS))
    assert "better than v1 +0.02 [+0.01, +0.03]" in shown
    assert "not distinguishable from v2 −0.001 [−0.01, +0.008]" in shown
    assert "tune second" in shown


@pytest.mark.parametrize(
    ("broken_by", "said"),
    [
        ({}, "“only numpy”: kept to"),
        ({"1": "it imports scipy"}, "“only numpy”: kept to; broken by v1: it imports scipy"),
        ({"2": "it imports scipy"}, "“only numpy”: not kept to by v2: it imports scipy"),
        ({"1": "it imports pywt", "2": "it imports scipy"}, "by v2: it imports scipy; nor by v1: it imports pywt"),
    ],
)
def test_it_is_said_what_came_of_what_a_person_asked_for(broken_by: dict[str, str], said: str) -> None:
    found = rule_words({"best": {"version": 2}, "rules": [{"said": "only numpy", "broken_by": broken_by}]})
    assert len(found) == 1
    assert found[0].endswith(said)


BETTER = {"verdict": "better", "gain": 0.1, "low": 0.05, "high": 0.2, "units": 9}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"said": "mind the noise", "answer": None, "after": 1, "followed_by": 2},
            "After v1: “mind the noise”. v2 followed, better than v1.",
        ),
        (
            {"said": "", "answer": {"action": "go", "version": 1, "target": 0.9}, "after": 2, "followed_by": 3},
            "After v2: go on from v1, 0.9 is enough. v3 followed, and failed.",
        ),
        (
            {"said": "", "answer": {"action": "stop", "version": 1}, "after": 3, "followed_by": None},
            "After v3: hand v1 over",
        ),
        (
            {"said": "use numpy", "answer": None, "after": 0, "followed_by": None},
            "Before the first program: “use numpy”. No version came after it.",
        ),
    ],
)
def test_what_people_said_is_told_with_what_came_of_it(said: dict[str, Any], words: str) -> None:
    versions = [
        {"version": 2, "parent": 1, "status": "ok", "against_parent": BETTER},
        {"version": 3, "parent": 1, "status": "failed", "against_parent": None},
    ]
    assert said_words({"versions": versions, "said": [said]}) == [words]


def test_a_draft_that_was_chosen_is_not_told_as_what_the_search_brought() -> None:
    alone = {"version": 2, "drafts": 2, "calls": 2, "of_calls": 3, "test": {"f1": 0.82}, "test_problem": None}
    versions = [{"version": number, "operator": "draft"} for number in (1, 2)]
    result = {"best": {"version": 1, "test": {"f1": 0.8}}, "drafts_alone": alone, "versions": versions}
    assert against_drafts(result, "f1").startswith("What was chosen is a draft, the simplest of those")


@pytest.mark.parametrize(
    ("alone", "said"),
    [
        (None, ""),
        ({"version": 2}, "The search brought nothing more: what was chosen is a draft."),
        (
            {"version": 1},
            "search: the first program would have given test f1 0.9, and with the search 0.97.",
        ),
        ({"version": 1, "drafts": 3}, "Without the search: the best of 3 drafts, v1 would have given test f1 0.9"),
        ({"version": 1, "test": None, "test_problem": "exit code 1"}, "would have given test exit code 1"),
    ],
)
def test_it_is_said_what_the_drafts_alone_would_have_given(alone: dict[str, Any] | None, said: str) -> None:
    whole = {"drafts": 1, "calls": 6, "of_calls": 12, "test": {"f1": 0.9}, "test_problem": None} | (alone or {})
    versions = [{"version": 1, "operator": "draft"}, {"version": 2, "operator": "improve"}]
    result = {"best": {"version": 2, "test": {"f1": 0.97}}, "drafts_alone": alone and whole, "versions": versions}
    found = against_drafts(result, "f1")
    assert said in found
    assert ("6 of 12 calls went into drafts." in found) is bool(said)
