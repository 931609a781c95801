"""Python text turned into a tree, whatever a model wrote."""

import ast
import warnings


def tree(source: str) -> ast.Module:
    """Raises SyntaxError for all that cannot be read: NUL bytes and expressions nested too deeply, too."""
    try:
        # "\d" in a generated program is no concern of whoever watches the run.
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(source)
    except SyntaxError:
        raise
    except ValueError as error:
        raise SyntaxError(str(error)) from error
    except (RecursionError, MemoryError) as error:
        raise SyntaxError("an expression is nested too deeply") from error


def unix(text: str) -> str:
    """With the line ends that Python sees."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
