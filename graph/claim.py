"""What a program says about its own quality: kept and shown, never believed."""

import json
import math
import re

LINE = re.compile(r"^\s*claim:\s*(\{.*\})\s*$", re.IGNORECASE | re.MULTILINE)


def read_claim(stdout: str) -> dict[str, float]:
    """The numbers of the last line `claim: {...}` that the program printed; empty without one."""
    for text in reversed(LINE.findall(stdout)):
        try:
            value = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            continue
        return {str(name): float(number) for name, number in value.items() if _is_number(number)}
    return {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
