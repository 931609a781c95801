"""Python text turned into a tree, whatever a model wrote."""

import ast
import hashlib
import warnings
from functools import lru_cache

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def tree(source: str) -> ast.Module:
    """Raises SyntaxError for all that cannot be read: NUL bytes and expressions nested too deeply, too."""
    try:
        # "\d" in a generated program is no concern of whoever watches the run.
        with warnings.catch_warnings(action="ignore"):
            return _parsed(source)
    except SyntaxError:
        raise
    except ValueError as error:
        raise SyntaxError(str(error)) from error
    except (RecursionError, MemoryError) as error:
        raise SyntaxError("an expression is nested too deeply") from error


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SystemError:
        # Before 3.11.8, Python counts wrong where what is collected in the midst of it parses something, too, as a
        # traceback that is logged does: https://github.com/python/cpython/issues/106905
        return ast.parse(source)


@lru_cache(maxsize=1024)
def essence(source: str) -> str:
    """What of a program decides what it does: the same for two that differ in comments, docstrings and layout.

    Empty for what cannot be read.
    """
    try:
        found = tree(source)
        for node in ast.walk(found):
            if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:]
        return hashlib.sha256(ast.dump(found).encode("utf-8", "replace")).hexdigest()
    except (SyntaxError, RecursionError):
        return ""


def unix(text: str) -> str:
    """With the line ends that Python sees."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
