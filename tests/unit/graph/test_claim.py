import pytest

from graph.claim import read_claim


@pytest.mark.parametrize(
    ("stdout", "expected"),
    [
        ("", {}),
        ("no claim here", {}),
        ('claim: {"f1": 0.9}', {"f1": 0.9}),
        ('done\n  Claim: {"f1": 1}  \nbye', {"f1": 1.0}),
        ('claim: {"f1": 0.1}\nclaim: {"f1": 0.2}', {"f1": 0.2}),
        ('claim: {"f1": 0.1}\nclaim: {f1: 0.2}', {"f1": 0.1}),
        ('I claim: {"f1": 0.9}', {}),
        ('claim: {"f1": "high", "n": true, "p": null, "q": 0.5}', {"q": 0.5}),
        ('claim: {"f1": NaN, "n": Infinity, "p": -Infinity}', {}),
        ('claim: {"f1": {"deep": 1}}', {}),
        ("claim: {}", {}),
        ('claim: {"f1": 1' + "0" * 400 + ', "n": 1}', {"n": 1.0}),
        ('claim: {"f1": 1' + "0" * 5000 + "}", {}),
        ('claim: {"a": ' + "[" * 50_000 + "}", {}),
        ('claim: {"' + "x" * 61 + '": 1, "line\\nbreak": 2, "": 3, "f1": 4}', {"f1": 4.0}),
        ('claim: {"f1": 0.5}\r\n', {"f1": 0.5}),
    ],
)
def test_read_claim(stdout, expected):
    assert read_claim(stdout) == expected


def test_only_so_many_numbers_are_kept():
    numbers = ", ".join(f'"m{n}": {n}' for n in range(100))
    assert list(read_claim(f"claim: {{{numbers}}}")) == [f"m{n}" for n in range(12)]


def test_a_page_of_empty_lines_is_read_in_one_go():
    # It took minutes when one pattern could begin at each of them and run to the end.
    assert read_claim("\n" * 300_000 + 'claim: {"f1": 1}' + " " * 1000) == {"f1": 1.0}
