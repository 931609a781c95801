"""What people said that code can check: packages and kinds of method to use or avoid, and sizes.

Only whole clauses of a few plain forms are taken for a rule ("only numpy and scipy", "never use deep learning", "use
Pan-Tompkins", "at most 50 MB"): a sentence that is merely like one must not fail programs. All else is for the model.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.imports import modules
from graph.syntax import tree
from sandbox.environment import Environment

Kind = Literal["only", "avoid", "use", "name", "memory", "size", "seconds"]

DEEP = ("torch", "tensorflow", "keras", "jax", "flax", "onnxruntime", "sklearn.neural_network")
LEARNING = (*DEEP, "sklearn", "xgboost", "lightgbm", "catboost")
METHODS = {
    "deep learning": DEEP,
    "neural networks": DEEP,
    "neural network": DEEP,
    "neural nets": DEEP,
    "machine learning": LEARNING,
}
SPLIT = re.compile(
    r"[;\n!?]|\.(?=\s|$)|(?:,?\s+(?:and|but)|,)\s+(?=(?:only|never|avoid|use|do not|at most)\b)", re.IGNORECASE
)
PLEASE = r"^(?:please,?\s+)?(?:you\s+(?:may|must|should)\s+)?"
ONLY = re.compile(
    rf"{PLEASE}(?:(?:only\s+use|use\s+only|only|use\s+nothing\s+but|nothing\s+but)\s+(?P<list>.+)|use\s+(?P<alone>.+)\s+only)$",
    re.IGNORECASE,
)
AVOID = re.compile(
    rf"{PLEASE}(?:never|do\s+not|don't|not|no|avoid|without)\s+(?:(?:use|using|import|any)\s+)*(?P<list>.+)$",
    re.IGNORECASE,
)
USE = re.compile(rf"{PLEASE}use\s+(?P<list>.+)$", re.IGNORECASE)
NAME = re.compile(
    rf"{PLEASE}[Uu]se\s+(?:the\s+)?(?:(?P<pair>[A-Z]\w*[-–][A-Z]\w*)(?:\s\w+)?"
    r"|(?P<name>[A-Z]\w*(?:[ -][A-Z]\w*)*)\s+(?:algorithm|method|detector|filter|transform))$"
)
"""One that is named after people (Pan-Tompkins), or called a method; not any word with a capital."""
AT_MOST = re.compile(
    r"^(?:it|the\s+program)?\s*(?:may|must|should|shall|can)?\s*(?:use|take|need|have|be|run\s+in)?\s*"
    r"(?:at\s+most|no\s+more\s+than|not\s+more\s+than|less\s+than|under|(?:do\s+not|never)\s+use\s+more\s+than)\s+(?P<number>\d+(?:\.\d+)?)\s*"
    r"(?P<unit>kb|kib|mb|mib|gb|gib|s|seconds|min|minutes)(?:\s+(?:of\s+(?:memory|ram|time|code)|in\s+(?:all|size)))?$",
    re.IGNORECASE,
)
UNITS: dict[str, tuple[Kind, float]] = {
    **dict.fromkeys(("kb", "kib"), ("size", 1.0)),
    **dict.fromkeys(("mb", "mib"), ("memory", 1.0)),
    **dict.fromkeys(("gb", "gib"), ("memory", 1024.0)),
    **dict.fromkeys(("s", "seconds"), ("seconds", 1.0)),
    **dict.fromkeys(("min", "minutes"), ("seconds", 60.0)),
}
ITEMS = re.compile(r",|\s(?:and|or|nor)\s|&|\+")
FILLING = re.compile(r"^(?:(?:the|an?|any|packages?|librar(?:y|ies))\s+)+|\s+(?:packages?|librar(?:y|ies))$")


@dataclass(frozen=True)
class Rule:
    kind: Kind
    said: str
    """The clause, as a person wrote it."""
    names: tuple[str, ...] = ()
    """Modules as they are imported; of `name`, what the program has to mention."""
    limit: float = 0.0
    """MiB of `memory`, KiB of `size`, s of `seconds`."""


@dataclass(frozen=True)
class Broken:
    rule: Rule
    reason: str
    """Such as `it imports scipy`."""

    @property
    def line(self) -> str:
        return f"{self.reason}; a person said: {self.rule.said}"


def rules(texts: Iterable[str], environment: Environment) -> list[Rule]:
    """Those in force after all that was said, in its order: of two that contradict each other, the later one."""
    found, known = list[Rule](), _known(environment)
    for rule in (rule for text in texts for rule in _read(text, known)):
        found = [kept for old in found for kept in _after(old, rule)]
        found.append(rule)
    return found


def broken_by_reading(found: Sequence[Rule], source: str) -> list[Broken]:
    """The rules that the text of a program breaks; none where it cannot be read."""
    try:
        named = frozenset(modules(tree(source)))
    except SyntaxError:
        return []
    return [Broken(rule, reason) for rule in found if (reason := _reading(rule, source, named))]


def broken_by_running(found: Sequence[Rule], seconds: float, memory_mb: float) -> list[Broken]:
    """Those that what was measured while it ran breaks."""
    used = {"memory": (memory_mb, "MiB of memory"), "seconds": (seconds, "s")}
    return [
        Broken(rule, f"it took {used[rule.kind][0]:.3g} {used[rule.kind][1]}")
        for rule in found
        if rule.kind in used and used[rule.kind][0] > rule.limit
    ]


def _after(old: Rule, new: Rule) -> list[Rule]:
    """What is left of an old rule after a new one."""
    if new.kind in ("only", "memory", "size", "seconds") and old.kind == new.kind:
        return []
    if new.kind in ("only", "use") and old.kind in ("avoid", "only"):
        if old.kind == "only":
            return [Rule("only", f"{old.said}; {new.said}", (*old.names, *new.names))]
        left = tuple(name for name in old.names if name not in new.names)
        return [Rule("avoid", old.said, left)] if left else []
    if new.kind == "avoid" and old.kind in ("only", "use"):
        left = tuple(name for name in old.names if name not in new.names)
        return [Rule(old.kind, old.said, left)] if left or old.kind == "only" else []
    return [old]


def _read(text: str, known: dict[str, tuple[str, ...]]) -> Iterator[Rule]:
    for part in SPLIT.split(text):
        clause = " ".join(part.split()).rstrip(" .,:")
        rule = _clause(clause, known)
        if rule:
            yield rule


def _clause(clause: str, known: dict[str, tuple[str, ...]]) -> Rule | None:
    if match := AT_MOST.match(clause):
        kind, factor = UNITS[match["unit"].lower()]
        return Rule(kind, clause, limit=float(match["number"]) * factor)
    packages = {name: modules for name, modules in known.items() if name not in METHODS}
    forms: tuple[tuple[Kind, re.Pattern[str], dict[str, tuple[str, ...]]], ...] = (
        ("only", ONLY, packages),
        ("avoid", AVOID, known),
        ("use", USE, packages),
    )
    for kind, form, names in forms:
        match = form.match(clause)
        named = match and (match["list"] or match.groupdict().get("alone"))
        modules = _listed(named, names) if named else None
        if modules is not None:
            return Rule(kind, clause, modules)
    match = NAME.match(clause)
    return Rule("name", clause, (match["pair"] or match["name"],)) if match else None


def _listed(text: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The modules of a list of names; None where one of them is not known."""
    found = list[str]()
    for item in filter(None, (one.strip().lower() for one in ITEMS.split(text))):
        modules = known.get(item, known.get(FILLING.sub("", item)))
        if modules is None:
            return None
        found += modules
    return tuple(dict.fromkeys(found))


def _known(environment: Environment) -> dict[str, tuple[str, ...]]:
    """By the names that people use, in lower case: packages as pip knows them, modules, kinds of method."""
    found: dict[str, tuple[str, ...]] = {"standard": (), "python's standard": (), **METHODS}
    for package in environment.packages:
        found |= {name.lower(): package.imports for name in (package.name, *package.imports)}
    return found | {name: (name,) for name in DEEP if name not in found}


def _reading(rule: Rule, source: str, modules: frozenset[str]) -> str:
    """What breaks the rule; empty where nothing does."""
    top = {name.split(".")[0] for name in modules}
    if rule.kind == "only":
        beside = sorted(top - set(rule.names) - sys.stdlib_module_names - {"__future__"})
        return f"it imports {', '.join(beside)}" if beside else ""
    if rule.kind == "avoid":
        used = sorted(name for name in rule.names if any(_is_within(module, name) for module in modules))
        return f"it imports {', '.join(used)}" if used else ""
    if rule.kind == "use":
        return "" if top & set(rule.names) else f"it does not import {' or '.join(rule.names)}"
    if rule.kind == "name":
        return "" if _plain(rule.names[0]) in _plain(source) else f"nothing in it is called {rule.names[0]}"
    size = len(source.encode()) / 1024
    return f"it has {size:.1f} KiB" if rule.kind == "size" and size > rule.limit else ""


def _is_within(module: str, name: str) -> bool:
    return module == name or module.startswith(f"{name}.")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
