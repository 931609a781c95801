"""All tables; kept together because most refer to runs."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.db.plain import PlainJson, Words

Status = Literal["queued", "running", "waiting", "finished", "stopped", "cancelled"]
"""`waiting`: for a person's word. `stopped`: by an error of ours or by Ctrl-C; it can go on."""


HOME = "default"
"""The workspace of whoever needs no key: the command line, and a server that only this machine reaches."""
Role = Literal["member", "admin"]


def now() -> str:
    """In a form that sorts by time."""
    return stamp(datetime.now(UTC))


def ago(seconds: float) -> str:
    return stamp(datetime.now(UTC) - timedelta(seconds=seconds))


def stamp(moment: datetime) -> str:
    """As all times are kept."""
    return moment.isoformat(timespec="milliseconds")


class Table(DeclarativeBase):
    type_annotation_map: ClassVar = {str: Words(), dict[str, Any]: PlainJson(), Status: String(), Role: String()}


class RunRow(Table):
    """One job. Only `app.jobs.runs` writes it."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("workspace", "idempotency_key", name="uq_runs_idempotency"),)

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
    workspace: Mapped[str] = mapped_column(default=HOME, index=True)
    """Whose it is."""
    queue: Mapped[str] = mapped_column(default="")
    """`cpu` or `gpu`: a worker takes it; empty: whoever made it runs it."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """A person's word that the run waited for, until it has gone on with it."""
    setbacks: Mapped[int] = mapped_column(default=0)
    """How often in a row a worker was lost, or what it needs was away, since a person last had it go on."""
    due: Mapped[str] = mapped_column(default="")
    """Not to be taken before."""
    idempotency_key: Mapped[str | None] = mapped_column(default=None)
    asked_sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the request that came with that key."""
    forked_from: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """The `job` and the `checkpoint` that it began with."""
    created: Mapped[str] = mapped_column(default=now)
    started: Mapped[str | None] = mapped_column(default=None)
    """When it was claimed for the first time."""
    ended: Mapped[str | None] = mapped_column(default=None)
    """When it was finished, stopped or cancelled; none while it goes on."""
    pruned: Mapped[str | None] = mapped_column(default=None)
    """When its checkpoints were removed."""


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
    sent_to: Mapped[str] = mapped_column(default="")
    """Where it went, with ', ' between several; empty for what never left this machine."""
    times_sent: Mapped[int] = mapped_column(default=0)
    """Also what was tried again."""
    bytes_received: Mapped[int] = mapped_column(default=0)
    usd: Mapped[float | None] = mapped_column(default=None)
    seconds: Mapped[float] = mapped_column(default=0.0)
    inherited: Mapped[bool] = mapped_column(default=False)
    """Paid for by the job that this one was forked from: no spending of its own."""
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


class InstructionRow(Table):
    """What a person told a run while it went on, numbered from 1 within the run without a gap."""

    __tablename__ = "instructions"

    run: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    at: Mapped[str] = mapped_column(default=now)


class KeyRow(Table):
    """What lets somebody in; the key itself is nowhere."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    """The first part of the key: shown, to tell keys apart."""
    digest: Mapped[str]
    """sha256 of the whole key."""
    name: Mapped[str]
    workspace: Mapped[str] = mapped_column(index=True)
    role: Mapped[Role]
    created: Mapped[str] = mapped_column(default=now)
    expires: Mapped[str | None] = mapped_column(default=None)


class DatasetRow(Table):
    """A folder with data that jobs of a workspace may use."""

    __tablename__ = "datasets"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str]
    """Absolute, on the server."""
    uploaded: Mapped[bool] = mapped_column(default=False)
    """The folder is ours, and goes with the dataset."""
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    files: Mapped[int] = mapped_column(default=0)
    created: Mapped[str] = mapped_column(default=now)


class WorkspaceRow(Table):
    """What a workspace may use, where that is not what the settings say; null follows them."""

    __tablename__ = "workspaces"

    name: Mapped[str] = mapped_column(primary_key=True)
    jobs_running: Mapped[int | None]
    jobs_a_day: Mapped[int | None]
    tokens: Mapped[int | None] = mapped_column(BigInteger)
    usd: Mapped[float | None]
    disk_mb: Mapped[int | None]


class DocumentRow(Table):
    """A document that a workspace keeps, in a collection."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("workspace", "collection", "source", name="uq_documents_source"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    workspace: Mapped[str]
    collection: Mapped[str]
    source: Mapped[str]
    """Its address, or the name of the file."""
    title: Mapped[str]
    digest: Mapped[str]
    """sha256 of its text."""
    bytes: Mapped[int]
    """Of its text."""
    passages: Mapped[int]
    """How many of its own it has: what it has in common with others is counted with each."""
    added: Mapped[str] = mapped_column(default=now)


class PassageRow(Table):
    __tablename__ = "passages"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    document: Mapped[int] = mapped_column(ForeignKey("documents.id"), index=True)
    name: Mapped[str]
    """By which a prompt and an answer call it: the first digits of the sha256 of its text."""
    title: Mapped[str]
    text: Mapped[str]
