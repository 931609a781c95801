"""What a program imports."""

import ast
from collections.abc import Iterator


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and top-level name of each import, but for those inside `try`, which the program can do without."""
    optional = {id(node) for parent in ast.walk(tree) if isinstance(parent, ast.Try) for node in parent.body}
    for node in ast.walk(tree):
        if id(node) in optional:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or ".").split(".")[0]


def imported(source: str) -> frozenset[str]:
    return frozenset(name for _, name in imports(ast.parse(source)))
