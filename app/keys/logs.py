"""Keeps keys out of logs, whoever writes them: a key can be in an address, a header or the words of an error."""

import logging
from collections.abc import Mapping
from typing import Any

from app.keys.secret import hidden

_plain = logging.Formatter()


def hide_keys_in_logs() -> None:
    """From now on, in this process. Not a filter: those that are added to a logger miss what its children write."""
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Hiding):
        logging.setLogRecordFactory(_Hiding(make))


class _Hiding:
    def __init__(self, make: Any) -> None:
        self.make = make

    def __call__(self, *args: Any, **more: Any) -> logging.LogRecord:
        record: logging.LogRecord = self.make(*args, **more)
        record.msg = _hide(record.msg)
        # One by one: the formatter of uvicorn reads them.
        if isinstance(record.args, Mapping):
            record.args = {name: _hide(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(_hide(value) for value in record.args)
        if record.exc_info:
            record.exc_text = hidden(_plain.formatException(record.exc_info))
        return record


def _hide(value: Any) -> Any:
    """As it is, whatever its type, where there is no key in it."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    safe = hidden(text)
    return value if safe == text else safe
