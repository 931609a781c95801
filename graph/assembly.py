"""Puts module sources and glue together into one program, by code."""

import ast
import builtins
import textwrap
from collections.abc import Iterable

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
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
    head = [docstring, "\n".join(parts.ordered_imports()), "\n".join(parts.constants)]
    call = 'if __name__ == "__main__":\n    main()\n'
    return "\n\n\n".join(["\n\n".join(part for part in head if part), *parts.definitions, call])


class _Parts:
    """What the sources hold, each text once."""

    def __init__(self) -> None:
        self.imports: dict[str, None] = {}
        self.constants: dict[str, None] = {}
        self.definitions: dict[str, None] = {}
        self._known = set(dir(builtins))

    def take(self, source: str) -> None:
        lines = source.splitlines()
        seen = 0
        for node in ast.parse(source).body:
            # Comments stand above what they explain, so they travel with what follows them.
            text = "\n".join(lines[seen : node.end_lineno]).strip("\n")
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.imports[ast.unparse(node)] = None
                self._known |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            elif isinstance(node, ASSIGNMENTS) and self._is_constant(node):
                self.constants[text] = None
                self._known |= _names(node, ast.Store)
            elif isinstance(node, DEFINITIONS + ASSIGNMENTS):
                self.definitions[text] = None
            seen = node.end_lineno or seen

    def _is_constant(self, node: ast.stmt) -> bool:
        """Whether it needs nothing but imports and other constants, and so can stand at the top."""
        return _names(node, ast.Load) <= self._known

    def ordered_imports(self) -> list[str]:
        return sorted(
            self.imports, key=lambda line: (not line.startswith("from __future__"), line.startswith("from"), line)
        )


def _names(node: ast.stmt, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}
