"""The regular expressions of a description."""

import pytest

from app.datasets.patterns import groups_of, named_in
from graph.errors import DatasetInvalid


def test_named_groups_are_found() -> None:
    pattern = r"(?P<unit>(?P<subject>s\d\d)_\d\d)_(?P<more>x)?"
    assert groups_of(pattern) == {"unit", "subject", "more"}
    assert named_in(pattern, "a/s01_02_sp.csv") == {"unit": "s01_02", "subject": "s01", "more": None}
    assert named_in(pattern, "a/b.csv") == {}


def test_what_is_no_regular_expression_is_told() -> None:
    with pytest.raises(ValueError, match=r"^is no regular expression: [^\n]+$"):
        groups_of("(?P<unit>")
    with pytest.raises(ValueError, match="is no regular expression"):
        groups_of(r"(?P<unit>\p{Lu}\d)")
    with pytest.raises(ValueError, match="nested too deeply"):
        groups_of("(" * 9000 + ")" * 9000)


def test_a_pattern_that_takes_for_ever_is_given_up() -> None:
    with pytest.raises(DatasetInvalid, match=r"^dataset\.yaml: the pattern [^\n]+ takes too long on 'aaa[^\n]+$"):
        named_in(SLOW, "a" * 60 + ".csv", seconds=0.05)


SLOW = r"(?P<unit>(a|aa)+)[xy]"
