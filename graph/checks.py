"""What can be said about a program without running it; each finding is one line for the model that repairs it."""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterator

from pyflakes import checker, messages

from graph.imports import imports
from sandbox.packages import importable

UNDEFINED = (messages.UndefinedName, messages.UndefinedLocal, messages.UndefinedExport)
PLACEHOLDER = re.compile(
    r"#.*(\b(todo|fixme|placeholder)\b|your code here|implement(ation)? (this|here|goes)"
    r"|rest of the (code|program)|unchanged)",
    re.IGNORECASE,
)
ABSOLUTE = re.compile(r"^(/(home|root|users|data|mnt|tmp|work|content)/|[A-Za-z]:\\)")


def findings(source: str, max_kb: float | None = None) -> list[str]:
    if "\0" in source:
        return ["the program holds a NUL byte"]
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return [f"line {line}: it does not parse: {getattr(error, 'msg', error)}"]
    found = [
        *_undefined(tree),
        *_missing_imports(tree),
        *_empty_bodies(tree),
        *_twice(tree),
        *_placeholders(source),
        *_paths(tree),
        *_command_line(tree),
    ]
    if max_kb is not None and len(source.encode()) > max_kb * 1024:
        found.append(f"the program is {len(source.encode()) / 1024:.1f} KiB; the task allows {max_kb:g}")
    return found


def _undefined(tree: ast.Module) -> Iterator[str]:
    for message in checker.Checker(tree, "program.py").messages:
        if isinstance(message, UNDEFINED):
            yield f"line {message.lineno}: undefined name {message.message_args[0]}"


def _missing_imports(tree: ast.Module) -> Iterator[str]:
    for line, name in imports(tree):
        if name not in importable():
            yield f"line {line}: {name} is not installed where the program runs"


def _empty_bodies(tree: ast.Module) -> Iterator[str]:
    abstract = {
        id(node) for base in ast.walk(tree) if isinstance(base, ast.ClassDef) and base.bases for node in base.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and id(node) not in abstract:
            body = [item for item in node.body if not _is_docstring(item)]
            if not body or all(_does_nothing(item) for item in body):
                yield f"line {node.lineno}: the function {node.name} has no body"


def _is_docstring(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)


def _does_nothing(item: ast.stmt) -> bool:
    if isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant):
        return True
    raised = item.exc if isinstance(item, ast.Raise) else None
    name = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(item, ast.Pass) or (isinstance(name, ast.Name) and name.id == NotImplementedError.__name__)


def _twice(tree: ast.Module) -> Iterator[str]:
    """Names that modules written apart from each other have both chosen: the later one would win silently."""
    names = Counter(name for node in tree.body for name in _defined(node))
    for name, count in names.items():
        if count > 1:
            yield f"{name} is defined {count} times at the top level"
        if hasattr(builtins, name):
            yield f"{name} hides the built-in of that name"


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign):
        return [node.target.id] if isinstance(node.target, ast.Name) else []
    return [t.id for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []


def _placeholders(source: str) -> Iterator[str]:
    for number, line in enumerate(source.splitlines(), 1):
        if PLACEHOLDER.search(line):
            yield f"line {number}: a placeholder comment instead of code: {line.strip()[:80]}"


def _paths(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ABSOLUTE.match(node.value):
            yield f"line {node.lineno}: an absolute path is written into the program: {node.value[:60]}"


def _command_line(tree: ast.Module) -> Iterator[str]:
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    if "main" not in names:
        yield "there is no function main"
    for option in ("-i", "-o"):
        if option not in words:
            yield f"the command line option {option} is missing"
