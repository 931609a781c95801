import ast
import subprocess
import sys

import pytest

from graph.assembly import assemble

CALL = 'if __name__ == "__main__":\n    main()\n'
MAIN = "def main():\n    print(f(3))\n"


def body(*sources: str) -> str:
    """Without the docstring and the call."""
    text = assemble("s", sources)
    assert text.startswith('"""s\n"""\n')
    assert text.endswith(CALL)
    return text.removeprefix('"""s\n"""').removesuffix(CALL).strip("\n") + "\n"


def test_imports_stand_once_and_first_and_in_order():
    a = "import numpy as np\nfrom scipy import signal\n\n\ndef a():\n    return np, signal\n"
    b = "from __future__ import annotations\nimport os\nimport numpy as np\n\n\ndef b():\n    return np, os\n"
    text = assemble("s", [a, b])
    assert text.splitlines()[3:7] == [
        "from __future__ import annotations",
        "import numpy as np",
        "import os",
        "from scipy import signal",
    ]
    assert text.count("import numpy") == 1


def test_imports_that_may_fail_or_are_for_types_are_kept():
    guarded = "try:\n    import pywt\nexcept ImportError:\n    pywt = None\n"
    for_types = "if TYPE_CHECKING:\n    from numpy import ndarray\n"
    source = f"from typing import TYPE_CHECKING\n{guarded}{for_types}HAS = pywt is not None\n"
    text = body(source, "def main():\n    return HAS\n")
    assert guarded in text
    assert for_types in text
    assert text.index("pywt = None") < text.index("HAS = ")


def test_a_constant_is_hoisted_only_when_it_needs_nothing_from_below():
    source = "def f(x):\n    return x\n\n\nRATE = 360\nHALF = RATE / 2\nTABLE = f(3)\nMORE = TABLE + 1\n"
    assert (
        body(source)
        == (
            "RATE = 360\nHALF = RATE / 2\n\n\ndef f(x):\n    return x\n\n\nTABLE = f(3)\n\n\nMORE = TABLE + 1\n\n\n"
        ).rstrip("\n")
        + "\n"
    )


def test_comments_travel_with_what_they_explain():
    source = (
        "# The rate of the sensor.\nRATE = 360  # Hz\n\n# Adds\n# one.\n@cache\ndef f(x):\n    # why\n    return x\n"
    )
    text = body(source, MAIN)
    assert "# The rate of the sensor.\nRATE = 360  # Hz\n" in text
    assert "# Adds\n# one.\n@cache\ndef f(x):\n    # why\n    return x\n" in text


def test_examples_and_other_calls_of_main_are_dropped():
    source = f"'''Doc.'''\n\n\n{MAIN}\n\nprint('example')\nif __name__ == '__main__':\n    raise SystemExit(main())\n"
    assert body(source) == MAIN


def test_what_two_modules_share_stands_once():
    source = "RATE = 360\n\n\ndef _clip(x):\n    return x\n"
    text = body(source, source, MAIN)
    assert (text.count("RATE = 360"), text.count("def _clip")) == (1, 1)


def test_definitions_keep_their_order():
    text = body("def b():\n    return 1\n\n\nclass A:\n    x = 1\n", "async def c():\n    return 2\n", MAIN)
    assert [node.name for node in ast.parse(text).body] == ["b", "A", "c", "main"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os; X = 1\n", "import os\n\nX = 1\n"),
        ("X = 1; Y = 2\n", "X = 1\nY = 2\n"),
        ("def f(): return 1\nX = 1; import os\n", "import os\n\nX = 1\n\n\ndef f(): return 1\n"),
    ],
)
def test_statements_on_one_line_are_all_kept(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize("text", ["a\x0cb", "a\x85b", "a\u2028b", "a\x1cb", "\\", "#"])
def test_what_only_looks_like_a_line_end_is_none(text):
    source = f'A = """{text} """\nB = 2\nC = 3\n'
    assert body(source) == source


def test_other_line_ends():
    assert body("X = 1\r\nY = 2\rZ = 3\r\n") == "X = 1\nY = 2\nZ = 3\n"


@pytest.mark.parametrize("summary", ['It says """so""" and "', "back\\slash\\", "many words " * 60, "two\n\nlines"])
def test_any_summary_makes_a_docstring(summary):
    tree = ast.parse(assemble(summary, [MAIN]))
    docstring = ast.get_docstring(tree)
    assert docstring
    assert max(map(len, docstring.splitlines())) <= 100


def test_a_source_that_does_not_parse():
    with pytest.raises(SyntaxError):
        assemble("s", ["def f(:\n"])


def test_the_program_runs():
    imports = "from __future__ import annotations\n\nimport math\n"
    add = "ONE = int(math.sqrt(1))\n\n\ndef f(x: Missing):\n    return x + ONE\n"
    text = assemble("It adds.", [imports + add, f"{MAIN}\n\nmain()\n"])
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == "4\n"
