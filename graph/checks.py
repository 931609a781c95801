"""What can be said about a program without running it; each finding is one line for the model that repairs it."""

import ast
import builtins
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator

from pyflakes import checker, messages

from graph.imports import imports
from graph.syntax import tree as parsed
from sandbox.environment import Environment

UNDEFINED = (messages.UndefinedName, messages.UndefinedLocal, messages.UndefinedExport)
# Only what stands for missing code: "too short: returned unchanged" and "NaN as a placeholder" explain some.
PLACEHOLDER = re.compile(
    r"\b(todo|fixme)\b|your code here|implement(ation)? (this|here|goes)|(rest|remainder) of the (code|program)"
    r"|existing code|^#\W*(placeholder\b|\(?unchanged\)?\W*$)|^#\s*(\.\.\.|…).*unchanged",
    re.IGNORECASE,
)
ABSOLUTE = re.compile(r"^(/(home|root|users|data|mnt|tmp|work|content)/|[A-Za-z]:\\\w+[\\.])", re.IGNORECASE)
TOO_DEEP = "an expression is nested too deeply to be read"


def findings(source: str, environment: Environment, max_kb: float | None = None) -> list[str]:
    if "\0" in source:
        return ["the program holds a NUL byte"]
    try:
        tree = parsed(source)
    except SyntaxError as error:
        line = "" if error.lineno is None else f"line {error.lineno}: "
        return [f"{line}it does not parse: {error.msg}"]
    found = [
        *_undefined(tree),
        *_missing_imports(tree, environment.importable()),
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
    try:
        found = checker.Checker(tree, "program.py").messages
    except RecursionError:
        yield TOO_DEEP
        return
    for message in found:
        if isinstance(message, UNDEFINED):
            yield f"line {message.lineno}: undefined name {message.message_args[0]}"


def _missing_imports(tree: ast.Module, importable: frozenset[str]) -> Iterator[str]:
    for line, name in imports(tree):
        if name not in importable:
            yield f"line {line}: {name} is not installed where the program runs"


def _empty_bodies(tree: ast.Module) -> Iterator[str]:
    abstract = {
        id(node)
        for base in ast.walk(tree)
        if isinstance(base, ast.ClassDef) and (base.bases or base.keywords)
        for node in base.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and id(node) not in abstract:
            body = [item for item in node.body if not _is_docstring(item)]
            if (not body or all(_does_nothing(item) for item in body)) and not _may_be_empty(node):
                yield f"line {node.lineno}: the function {node.name} has no body"


def _may_be_empty(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """`__exit__` and the like, and what is declared for others to fill."""
    return node.name.startswith("__") or bool(_decorators(node) & {"abstractmethod", "overload"})


def _decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    """The last word of each: `overload` for `@typing.overload`."""
    called = [item.func if isinstance(item, ast.Call) else item for item in node.decorator_list]
    return {ast.unparse(item).split(".")[-1] for item in called}


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
    meanings: dict[str, set[str]] = {}
    for name, meaning in (pair for node in tree.body for pair in _imported(node)):
        meanings.setdefault(name, set()).add(meaning)
    for name, count in names.items():
        if count > 1:
            yield f"{name} is defined {count} times at the top level"
        if hasattr(builtins, name):
            yield f"{name} hides the built-in of that name"
    for name, found in meanings.items():
        if len(found) > 1 or name in names:
            also = " and defined" if name in names else ""
            yield f"{name} is imported as {' and as '.join(sorted(found))}{also}: the later one wins"


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        # Overloads, and what is registered for a type, share their name on purpose.
        return [] if _decorators(node) & {"overload", "register"} else [node.name]
    if isinstance(node, ast.AnnAssign):
        return [node.target.id] if isinstance(node.target, ast.Name) else []
    return [t.id for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []


def _imported(node: ast.stmt) -> list[tuple[str, str]]:
    """Each name that an import binds, and what it stands for."""
    if isinstance(node, ast.Import):
        tops = {alias: alias.name.split(".")[0] for alias in node.names}
        return [(alias.asname, alias.name) if alias.asname else (top, top) for alias, top in tops.items()]
    if isinstance(node, ast.ImportFrom):
        return [(a.asname or a.name, f"{node.module}.{a.name}") for a in node.names if a.name != "*"]
    return []


def _placeholders(source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and PLACEHOLDER.search(token.string):
            yield f"line {token.start[0]}: a placeholder comment instead of code: {token.string[:80]}"


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
