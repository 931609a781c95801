"""Puts module sources and glue together into one program, by code."""

import ast
import builtins
import textwrap
from collections.abc import Iterable

from graph.imports import is_for_types
from graph.syntax import tree, unix

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
IMPORTS = (ast.Import, ast.ImportFrom)
WIDTH = 100


def assemble(summary: str, sources: Iterable[str]) -> str:
    """One program: a docstring, all imports once, the constants, the definitions in order, then the call of main.

    Anything else at top level (a usage example, a second call of main) is left out. Raises SyntaxError for a
    source that does not parse.
    """
    parts = _Parts()
    for source in sources:
        parts.take(source)
    safe = summary.replace("\\", "/").replace('"""', "'''").strip()
    docstring = f'"""{textwrap.fill(safe, WIDTH)}\n"""'
    imports = [*parts.ordered_imports(), *parts.guarded_imports]
    head = [docstring, "\n".join(imports), "\n".join(parts.constants)]
    call = 'if __name__ == "__main__":\n    main()\n'
    return "\n\n\n".join(["\n\n".join(part for part in head if part), *parts.definitions, call])


class _Parts:
    """What the sources hold, each text once."""

    def __init__(self) -> None:
        self.imports: dict[str, None] = {}
        self.guarded_imports: dict[str, None] = {}
        self.constants: dict[str, None] = {}
        self.definitions: dict[str, None] = {}
        self._known = set(dir(builtins))

    def take(self, source: str) -> None:
        lines = unix(source).split("\n")
        body = tree(source).body
        ends = [0, *(node.end_lineno or 0 for node in body)]
        starts = [*(node.lineno for node in body[1:]), len(lines) + 1]
        for node, seen, end, following in zip(body, ends, ends[1:], starts, strict=False):
            # Comments stand above what they explain, so they travel with what follows them.
            text = "\n".join(lines[seen:end]).strip("\n")
            shares_a_line = node.lineno <= seen or following <= end
            self._put(node, ast.unparse(node) if shares_a_line else text)

    def _put(self, node: ast.stmt, text: str) -> None:
        if isinstance(node, IMPORTS):
            self.imports[ast.unparse(node)] = None
            self._known |= _imported(node)
        elif _guards_imports(node):
            self.guarded_imports[text] = None
            self._known |= {name for item in ast.walk(node) if isinstance(item, IMPORTS) for name in _imported(item)}
        elif isinstance(node, ASSIGNMENTS) and self._is_constant(node):
            self.constants[text] = None
            self._known |= _names(node, ast.Store)
        elif isinstance(node, DEFINITIONS + ASSIGNMENTS):
            self.definitions[text] = None

    def _is_constant(self, node: ast.stmt) -> bool:
        """Whether it needs nothing but imports and other constants, and so can stand at the top."""
        return _names(node, ast.Load) <= self._known

    def ordered_imports(self) -> list[str]:
        return sorted(
            self.imports, key=lambda line: (not line.startswith("from __future__"), line.startswith("from"), line)
        )


def _names(node: ast.stmt, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {(alias.asname or alias.name).split(".")[0] for alias in node.names}


def _guards_imports(node: ast.stmt) -> bool:
    """`try: import x`, or an import for type checkers only: without it names would be missing."""
    if isinstance(node, ast.Try):
        return all(isinstance(item, IMPORTS) for item in node.body)
    return is_for_types(node)
