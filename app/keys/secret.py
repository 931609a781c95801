"""The key itself: made here, shown once, and kept nowhere."""

import hashlib
import re
import secrets

_KEY = re.compile(r"ak_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


def new_id() -> str:
    return secrets.token_hex(6)


def new_secret(key: str) -> str:
    """256 random bits behind the id of the key."""
    return f"ak_{key}_{secrets.token_urlsafe(32)}"


def id_of(secret: str) -> str | None:
    """None for what is no key of ours at all, before anything is looked up."""
    found = _KEY.fullmatch(secret)
    return found and found[1]


def digest(secret: str) -> str:
    # Not slow like the hash of a password: 256 random bits cannot be guessed from their digest.
    return hashlib.sha256(secret.encode()).hexdigest()


def hidden(text: str) -> str:
    """The text with every key in it cut down to its id."""
    return _KEY.sub(r"ak_\1_...", text)
