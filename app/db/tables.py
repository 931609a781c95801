"""All tables; kept together because runs, calls, versions and events refer to each other."""

from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.db.plain import PlainJson, Words

Status = Literal["queued", "running", "waiting", "finished", "stopped", "cancelled"]
"""`waiting`: for a person's word. `stopped`: by an error of ours or by Ctrl-C; it can go on."""


def now() -> str:
    """In a form that sorts by time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Table(DeclarativeBase):
    type_annotation_map: ClassVar = {str: Words(), dict[str, Any]: PlainJson(), Status: String()}


class RunRow(Table):
    """One job. Only `app.jobs.runs` writes it."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[Status]
    attempt: Mapped[int] = mapped_column(default=0)
    """How many times it was claimed: whoever holds an older number has lost it."""
    worker: Mapped[str] = mapped_column(default="")
    """Who claimed it last: machine, home and process."""
    heartbeat: Mapped[str] = mapped_column(default="")
    """When its worker last gave a sign of life."""
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str] = mapped_column(default="")
    request: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    seconds: Mapped[float] = mapped_column(default=0.0)
    """Wall clock over all the times that it was started."""
    created: Mapped[str] = mapped_column(default=now)
    started: Mapped[str | None] = mapped_column(default=None)
    """When it was claimed for the first time."""
    ended: Mapped[str | None] = mapped_column(default=None)
    """When it was finished, stopped or cancelled; none while it goes on."""


class CallRow(Table):
    """One call to the outside: chat, embedding or search."""

    __tablename__ = "calls"
    __table_args__ = (UniqueConstraint("run", "kind", "node", "iteration", "item", "attempt"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run: Mapped[str] = mapped_column(ForeignKey("runs.id"), index=True)
    kind: Mapped[str]
    node: Mapped[str]
    iteration: Mapped[int]
    item: Mapped[str]
    attempt: Mapped[int]
    """The how manieth try of this call; not the attempt of its run."""
    status: Mapped[str]
    """`started`, then `finished`, `rejected` (the reply was of no use) or `failed` (there was none)."""
    request: Mapped[str]
    reply: Mapped[str] = mapped_column(default="")
    cut_off: Mapped[bool] = mapped_column(default=False)
    outside: Mapped[bool] = mapped_column(default=True)
    problem: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    input_tokens: Mapped[int] = mapped_column(default=0)
    output_tokens: Mapped[int] = mapped_column(default=0)
    bytes_sent: Mapped[int] = mapped_column(default=0)
    bytes_received: Mapped[int] = mapped_column(default=0)
    usd: Mapped[float | None] = mapped_column(default=None)
    seconds: Mapped[float] = mapped_column(default=0.0)
    at: Mapped[str] = mapped_column(default=now)


class VersionRow(Table):
    __tablename__ = "versions"

    run: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]


class EventRow(Table):
    """What a run told while it went, numbered from 1 within the run without a gap."""

    __tablename__ = "events"

    run: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[str] = mapped_column(default=now)
