"""What a program imports."""

import ast
from collections.abc import Iterator

from graph.syntax import tree as parsed


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and top-level name of each import, but for those that the program can do without."""
    optional = {id(node) for parent in ast.walk(tree) for node in _optional(parent)}
    for node in ast.walk(tree):
        if id(node) in optional:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." if node.level else (node.module or "").split(".")[0]


def modules(tree: ast.Module) -> Iterator[str]:
    """All that is imported anywhere, with dots; of `from a import b` both `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(source: str) -> frozenset[str]:
    return frozenset(name for _, name in imports(parsed(source)))


def is_for_types(node: ast.stmt) -> bool:
    """`if TYPE_CHECKING:`, which never runs."""
    return isinstance(node, ast.If) and ast.unparse(node.test).split(".")[-1] == "TYPE_CHECKING"


def _optional(parent: ast.AST) -> list[ast.stmt]:
    """What stands inside `try`, in what replaces it when that fails, or is there for type checkers only."""
    if isinstance(parent, ast.Try):
        return [*parent.body, *(node for handler in parent.handlers for node in handler.body)]
    return parent.body if isinstance(parent, ast.If) and is_for_types(parent) else []
