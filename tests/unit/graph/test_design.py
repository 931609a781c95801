import pytest
from pydantic import ValidationError

from graph.design import Design, Module


def module(signature: str) -> Module:
    return Module(signature=signature, does="x")


def design(*signatures: str, **values: str) -> Design:
    return Design(**({"summary": "s", "main": "m"} | values), modules=tuple(map(module, signatures)))


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("def load(path: str) -> str", "load"),
        ("def load(path: str) -> str:", "load"),
        ("  def  load (path: str = ':') -> dict[str, int] : ", "load"),
        ("def load(\n    path: str,\n    *,\n    n: int = 1,\n) -> str", "load"),
        ("def load()", "load"),
        ("def load(f: Callable[[int], int] = (lambda x: x)) -> None", "load"),
    ],
)
def test_signature(signature, name):
    assert module(signature).name == name


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "load",
        "load(path)",
        "def load",
        "def load(path",
        "def class(x)",
        "def load(path): return 1",
        "def load(path): ...",
        "def a(): pass\ndef b()",
        "async def load(path)",
        "@cache\ndef load(path)",
        "class Load",
        "lambda x",
        "def load(x) -> int  # a comment",
        "def lo\0ad()",
        "def load(x=" + "+".join("1" * 5000) + ")",
    ],
)
def test_bad_signature(signature):
    with pytest.raises(ValidationError, match="not a Python signature"):
        module(signature)


def test_names_are_found_again():
    assert design("def a()", "def b(x)").module("b").signature == "def b(x)"


@pytest.mark.parametrize(
    ("signatures", "names"),
    [
        (["def a()", "def b()", "def a(x)"], "a"),
        (["def main()"], "main"),
        (["def a()", "def a()", "def main()"], "a, main"),
    ],
)
def test_names_differ_from_each_other_and_from_main(signatures, names):
    with pytest.raises(ValidationError, match=f"differ from each other and from main: {names}$|: {names} "):
        design(*signatures)


@pytest.mark.parametrize("values", [{"summary": ""}, {"main": ""}])
def test_nothing_is_empty(values):
    with pytest.raises(ValidationError, match="at least 1 character"):
        design("def a()", **values)


@pytest.mark.parametrize("count", [0, 13])
def test_one_to_twelve_modules(count):
    with pytest.raises(ValidationError, match="modules"):
        design(*(f"def m{n}()" for n in range(count)))
    assert len(design(*(f"def m{n}()" for n in range(12))).modules) == 12


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["By wavelets.", " By templates. "], ("By wavelets.", "By templates.")),
        ([{"method": "By wavelets."}, "By templates.", "", None, 3], ("By templates.",)),
        ("By wavelets.", ()),
        ({"1": "By wavelets."}, ()),
        (None, ()),
    ],
)
def test_methods_that_are_no_words_are_left_out(given, found):
    values = {"summary": "s", "main": "m", "modules": [{"signature": "def load()", "does": "x"}]}
    assert Design.model_validate(values | {"alternatives": given}).alternatives == found
