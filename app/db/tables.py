"""All tables; kept together because runs, calls and versions refer to each other."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Table(DeclarativeBase):
    pass


class RunRow(Table):
    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    problem: Mapped[str] = mapped_column(default="")
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    seconds: Mapped[float] = mapped_column(default=0.0)
    """Wall clock over all the times that it was started."""
    created: Mapped[str] = mapped_column(default=now)


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
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
