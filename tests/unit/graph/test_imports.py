import ast

import pytest

from graph.imports import imported, imports


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", set()),
        ("import os, sys", {"os", "sys"}),
        ("import scipy.signal as s", {"scipy"}),
        ("from scipy.signal import butter", {"scipy"}),
        ("def f():\n    import wfdb", {"wfdb"}),
        ("from . import a", {"."}),
        ("from .a import b", {"."}),
        ("try:\n    import torch\nexcept ImportError:\n    torch = None", set()),
        ("try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib", set()),
        ("try:\n    x = 1\nfinally:\n    import os", {"os"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch", {"typing"}),
        ("import typing\nif typing.TYPE_CHECKING:\n    import torch\nelse:\n    import os", {"typing", "os"}),
        ("if True:\n    import torch", {"torch"}),
    ],
)
def test_imported(source, expected):
    assert imported(source) == expected


def test_lines_are_told():
    assert list(imports(ast.parse("import os\n\nfrom a.b import c"))) == [(1, "os"), (3, "a")]
