"""One line for each record, whoever writes it: readable on a terminal, JSON for a machine."""

import logging
import sys
from collections.abc import Sequence
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.keys.logs import hide_keys_in_logs
from app.keys.secret import hidden
from app.telemetry.fields import fields

Format = Literal["auto", "text", "json"]
Level = Literal["debug", "info", "warning", "error"]
TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2", "openai", "procrastinate", "alembic")
"""At `info` they tell of each request, hint or migration: warnings only."""
OURS = ("method", "path", "status", "milliseconds", "outcome")
"""What our own records carry beside their words; other libraries' may hold anything."""


def write_logs(form: Format, level: Level, stream: TextIO | None = None) -> None:
    """From now on, in this process, all records go to `stream` (stderr), and to nothing else."""
    hide_keys_in_logs()
    out: TextIO = stream or sys.stderr
    as_text = form == "text" or (form == "auto" and out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter(as_text=as_text, colours=as_text and out.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


class Formatter(structlog.stdlib.ProcessorFormatter):
    def format(self, record: logging.LogRecord) -> str:
        # A traceback from which `hide_keys_in_logs` has cut a key: the library looks only for the error itself.
        if record.exc_text and not record.exc_info:
            record = logging.makeLogRecord(record.__dict__ | {"exception": record.exc_text, "exc_text": None})
        return super().format(record)


def formatter(*, as_text: bool, colours: bool = False) -> logging.Formatter:
    before: Sequence[Processor] = (
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=(*OURS, "exception")),
        about_what,
        quiet,
        structlog.processors.TimeStamper("iso", utc=True, key="time"),
    )
    last: list[Processor] = [structlog.processors.format_exc_info]
    written: Processor = (
        structlog.dev.ConsoleRenderer(colors=colours, timestamp_key="time", pad_event_to=0)
        if as_text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return Formatter(
        foreign_pre_chain=before,
        processors=[*last, structlog.stdlib.ProcessorFormatter.remove_processors_meta, written, without_keys],
    )


def about_what(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {**event, **fields()}


def quiet(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """procrastinate shows a stack trace of each job that its worker gives back when it is stopped."""
    record: logging.LogRecord = event["_record"]
    if record.name.startswith("procrastinate") and record.levelno < logging.ERROR:
        event.pop("exc_info", None)
    return event


def without_keys(_: WrappedLogger, __: str, text: Any) -> str:
    return hidden(text)
