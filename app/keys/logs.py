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
        _hide_in_traceback(record)
        return record


def _hide_in_traceback(record: logging.LogRecord) -> None:
    text = _plain.formatException(record.exc_info) if record.exc_info else ""
    if hidden(text) != text:
        # Formatters take the text as it is; the error itself would be written anew by some of them.
        record.exc_text, record.exc_info = hidden(text), None


def _hide(value: Any) -> Any:
    """As it is, whatever its type, where there is no key in it."""
    if value is None or isinstance(value, int | float):
        return value
    try:
        text = str(value)
    except Exception:  # noqa: BLE001 (whose words cannot be had has no key to show, and a log must not break a program)
        return value
    safe = hidden(text)
    return value if safe == text else safe
