"""What a program printed, without what looks like data: what is left may go to a model.

It is told by form alone. Runs of numbers, many lines of one form, dumps and the cells that a failed conversion quotes
are left out and counted; tracebacks, shapes, single numbers and a few lines of figures stay.
"""

import json
import re
from collections.abc import Iterator
from itertools import groupby

from graph.claim import read_claim

NUMBER = r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
BETWEEN = r"[\s,;|\[\](){}'\"]+"
MOST_NUMBERS = 5
"""In a row."""
MOST_IN_LINE = 12
MOST_ALIKE = 6
"""Lines of one form after each other."""
MOST_ROWS = 3
"""Lines of so many cells each, as of a table, after each other."""
MOST_FIGURES = 40
"""Of these, lines that name a figure of merit."""
LONGEST_QUOTE = 80

RUN = re.compile(rf"(?<![\w.]){NUMBER}(?:{BETWEEN}(?:\.\.\.{BETWEEN})?{NUMBER}){{{MOST_NUMBERS},}}(?![\w.])")
ANY_NUMBER = re.compile(rf"(?<![A-Za-z_]){NUMBER}|\bnan\b|\binf\b", re.IGNORECASE)
DUMP = re.compile(r"(?:\\x[0-9a-fA-F]{2}){4,}|\b[0-9a-fA-F]{40,}\b|[A-Za-z0-9+/]{80,}={0,2}")
CELL = re.compile(
    r"(could not convert string to float: |invalid literal for int\(\) with base \d+: |Unable to parse string |"
    r"time data |unconverted data remains: |Invalid isoformat string: |[Uu]nknown (?:datetime )?string format.*?: |"
    r"Could not convert |Cannot convert |invalid literal for Fraction: |could not convert string to \w+: )"
    r"(.+?)(?=( does not match format| at position \d+|, at position| to numeric| with dtype)|$)",
    re.MULTILINE,
)
QUOTE = re.compile(rf"(?<![\w])(['\"])(?:(?!\1)[^\n\\]|\\.){{{LONGEST_QUOTE},}}\1")
CELLS = re.compile(r"[,;\t|](?! )")
FRAME = re.compile(r'^\s*File ".*", line \d+')
FIGURE = re.compile(
    r"\b(?:epoch|fold|iter\w*|loss|acc\w*|f1|precision|recall|sensitivity|specificity|auc|mae|rmse|mse|r2|score|error)\b",
    re.IGNORECASE,
)
ANY_CLAIM = re.compile(r"(^[ \t]*claim:[ \t]*\{.*\}[ \t\r]*$)", re.IGNORECASE | re.MULTILINE)


def without_data(text: str) -> str:
    """`text` with markers in the place of what looks like data. A claim is a few numbers under names, and stays."""
    return "".join(_claim(part) or _filtered(part) for part in ANY_CLAIM.split(text))


def _filtered(text: str) -> str:
    text = CELL.sub(lambda found: f"{found[1]}[a text of {len(found[2].strip(chr(39)))} characters]", text)
    text = DUMP.sub(lambda found: f"[{len(found[0])} characters left out]", text)
    text = QUOTE.sub(lambda found: f"[a text of {len(found[0]) - 2} characters]", text)
    text = RUN.sub(_counted, text)
    return "\n".join(_without_alike([_line(line) for line in text.split("\n")]))


def _line(line: str) -> str:
    count = len(ANY_NUMBER.findall(line))
    return line if count <= MOST_IN_LINE else f"[a line with {count} numbers left out]"


def _claim(line: str) -> str:
    found = read_claim(line) if ANY_CLAIM.fullmatch(line) else {}
    return f"claim: {json.dumps(found)}" if found else ""


def _counted(found: re.Match[str]) -> str:
    count = len(re.findall(NUMBER, found[0]))
    return f"[{count} numbers left out]" + ("\n" if found[0].endswith("\n") else "")


def _without_alike(lines: list[str]) -> Iterator[str]:
    for form, group in groupby(lines, key=_form):
        alike = list(group)
        figures = FIGURE.search(form) and form.count("#") <= 3
        most = MOST_FIGURES if figures else MOST_ROWS if form.startswith("# and ") else MOST_ALIKE
        if "#" not in form or len(alike) <= most:
            yield from alike
        elif figures:
            yield f"[{len(alike) - MOST_FIGURES} lines like this left out]"
            yield from alike[-MOST_FIGURES:]
        else:
            yield f"[{len(alike)} lines like `{form.strip()[:100]}` left out]"


def _form(line: str) -> str:
    """The line with a # for each number, or the number of its cells; the lines of a traceback are each of their own."""
    if FRAME.match(line):
        return line.replace("#", "")
    cells = len(CELLS.findall(line))
    if cells and ANY_NUMBER.search(line) and not FIGURE.search(line):
        return f"# and {cells} cells more"
    return ANY_NUMBER.sub("#", line)
