"""What a person may write: names, workspaces, when a key ends. Each refusal is one line."""

import re
from datetime import UTC, date, datetime, time, timedelta

from app.db.tables import stamp
from app.keys.errors import KeyInvalid

LONGEST = 64


def check_workspace(name: str) -> str:
    if not re.fullmatch(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{LONGEST - 1}}}", name):
        raise KeyInvalid(
            f"a workspace is named with letters, digits and - _ . after a letter or digit, {LONGEST} at most"
        )
    return name


def check_name(name: str) -> str:
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= LONGEST or not plain.isprintable():
        raise KeyInvalid(f"a key needs a name of 1 to {LONGEST} characters, such as who or what will use it")
    return plain


def end(text: str, today: date) -> str:
    """When a key ends, in the form of the database; `text` is a number of days, or the last day that it is good for."""
    try:
        last = today + timedelta(days=int(text)) if text.isdecimal() else date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise KeyInvalid("a key ends after a number of days, or with a date such as 2027-01-31") from None
    if last < today:
        raise KeyInvalid(f"{last} is past: name a later day for the key to end")
    return stamp(datetime.combine(last, time.max, UTC))
