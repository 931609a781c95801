"""Values as every database can keep them."""

import math
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.types import TypeDecorator


def storable(text: str) -> str:
    """Without NUL and lone surrogates, which JSON can carry and databases refuse."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def finite(value: Any) -> Any:
    """JSON has no NaN: a metric that is not defined is null."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class Words(TypeDecorator[str]):
    """Text from anywhere: models, programs, people."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:
        return None if value is None else storable(value)


class PlainJson(TypeDecorator[Any]):
    """Not JSONB, which refuses an escaped NUL; SQLite would take NaN and Postgres refuse it."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> Any:
        return finite(value)
