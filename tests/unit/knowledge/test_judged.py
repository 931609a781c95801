"""The figures that `make bench` prints must not get worse unnoticed."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.append(str(Path(__file__).parents[3] / "benchmarks"))

import retrieval as bench


@pytest.fixture(scope="module")
def shelf() -> Any:
    return bench.Shelf.of(bench.read_passages())


@pytest.mark.parametrize(("file", "least"), [("questions.yaml", 0.85), ("later.yaml", 0.85)])
def test_questions_find_their_answers_among_five(shelf: Any, file: str, least: float) -> None:
    questions = yaml.safe_load((bench.JUDGED / file).read_text(encoding="utf-8"))
    known = {bench.name_of(passage) for passage in shelf.passages}
    assert {answer for question in questions for answer in question["answer"]} <= known
    assert bench.recall(shelf, questions, [])["hybrid"] >= least
