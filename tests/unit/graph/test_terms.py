import pytest

from graph.terms import Term, distinct


def chosen(*names: str) -> list[str]:
    return distinct(Term(term=name) for name in names)


def test_the_same_term_counts_once_where_it_came_first() -> None:
    found = [Term(term="A", meaning="x"), Term(term="b"), Term(term="a ", meaning="y"), Term(term=" "), Term(term="C")]
    assert distinct(found) == ["A: x", "b", "C"]


@pytest.mark.parametrize(
    "names",
    [
        ("R peak", "r-peaks"),
        ("Pan-Tompkins algorithm", "pan tompkins"),
        ("QRS complex", "QRS complexes"),
        ("band pass filter", "Band-Pass  Filters"),
    ],
)
def test_other_spellings_and_parts_of_a_term_are_the_same(names: tuple[str, str]) -> None:
    assert chosen(*names) == [names[0]]


def test_everyday_words_are_dropped_alone_and_kept_within_a_term() -> None:
    names = ("Algorithms", "Python", "signal processing", "Datasets", "time-series", "beat detection")
    assert chosen(*names) == ["beat detection"]


def test_terms_that_share_a_word_stay_apart() -> None:
    assert chosen("R peak", "T peak", "gait cycle", "gait speed") == ["R peak", "T peak", "gait cycle", "gait speed"]
