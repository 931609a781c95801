"""What a program says about its own quality: kept and shown, never believed."""

import json
import math
import re

# Within one line: `\s*` would also take newlines, and many of them would keep it busy for minutes.
LINE = re.compile(r"^[ \t]*claim:[ \t]*(\{.*\})[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
NAMES = 12
NAME_CHARACTERS = 60


def read_claim(stdout: str) -> dict[str, float]:
    """The numbers of the last line `claim: {...}` that the program printed; empty without one.

    Only so many, under short names: they are kept in every checkpoint.
    """
    for text in reversed(LINE.findall(stdout)):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        numbers = {name: _number(found) for name, found in value.items() if _is_name(name)}
        return dict([(name, number) for name, number in numbers.items() if number is not None][:NAMES])
    return {}


def _is_name(name: str) -> bool:
    return 0 < len(name) <= NAME_CHARACTERS and name.isprintable()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
