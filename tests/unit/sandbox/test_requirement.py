import pytest

from sandbox.requirement import checked_requirement, satisfied


@pytest.mark.parametrize(
    ("text", "usual"),
    [("neurokit2", "neurokit2"), ("torch == 2.13.0", "torch==2.13.0"), ("a>=1, <2", "a<2,>=1"), ("A.b_c", "A.b_c")],
)
def test_a_package_and_its_version(text: str, usual: str) -> None:
    assert checked_requirement(text) == usual


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x @ https://example.org/x.whl", "without an address or a condition"),
        ("x; python_version > '3'", "without an address or a condition"),
        ("x[all]", "name the packages of all themselves"),
        ("./x.whl", "is not a package and its version"),
        ("-r requirements.txt", "is not a package and its version"),
        ("--index-url=http://x", "is not a package and its version"),
        ("git+https://example.org/x", "is not a package and its version"),
        ("torch=2", "is not a package and its version"),
        ("torch==2\n--pre", "is not a package and its version"),
        ("", "is not a package and its version"),
    ],
)
def test_what_is_none_is_refused_in_one_line(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        checked_requirement(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("asked", "is_satisfied"),
    [
        ([], True),
        (["numpy"], True),
        (["NumPy>=2"], True),
        (["numpy==1.0"], False),
        (["torch==2.13.0"], True),
        (["torch<2.13"], False),
        (["pre"], True),
        (["numpy", "missing"], False),
    ],
)
def test_what_is_installed_may_be_enough(asked: list[str], is_satisfied: bool) -> None:
    installed = {"numpy": "2.4.6", "torch": "2.13.0+cpu", "pre": "1.0rc1"}
    assert satisfied(asked, installed) is is_satisfied
