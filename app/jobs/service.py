"""Jobs: what is checked before one starts, and what is kept when one ends."""

import asyncio
import contextlib
import fcntl
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.artifacts.store import ArtifactStore
from app.db.session import Sessions
from app.db.tables import CallRow, RunRow
from app.jobs.attempt import Attempt
from app.jobs.preparation import Ground, prepare
from app.jobs.progress import Listener
from app.jobs.request import RunRequest
from app.jobs.result import build_result, export, refuse_occupied
from app.jobs.runs import Archive, Runs, new_run_id
from app.knowledge.library import LedgeredEmbeddings, LedgeredLibrary, embed_lexically
from app.providers.chat import LedgeredChat
from app.providers.ledger import Ledger
from app.providers.recording import Recording, write_recording
from app.providers.source import Source
from graph.context import Context
from graph.errors import RunFailed
from sandbox.base import Sandbox


@dataclass(frozen=True)
class Jobs:
    home: Path
    sessions: Sessions
    open_source: Callable[[RunRequest], Source]
    open_sandbox: Callable[[RunRequest], Sandbox]
    embedding_model: str | None = None
    prepared: dict[str, Ground] = field(default_factory=dict[str, Ground])
    """What was checked for a run that has not started yet: reading a dataset twice takes time."""

    @property
    def runs(self) -> Runs:
        return Runs(self.sessions)

    @property
    def artifacts(self) -> ArtifactStore:
        return ArtifactStore(self.home / "artifacts")

    def ledger(self, run: str) -> Ledger:
        return Ledger(self.sessions, run)

    async def submit(self, request: RunRequest) -> tuple[str, tuple[str, ...]]:
        """A new run and the remarks that a person should read; nothing is spent yet.

        Raises:
            AutoiotError, SandboxError: something is wrong with what was asked, or with this machine.
        """
        refuse_occupied(request.out)
        run = new_run_id(request.task.name)
        ground = await prepare(request, self.open_sandbox(request), self._inputs(run))
        self.open_source(request)
        await self.runs.add(run, request)
        self.prepared[run] = ground
        return run, ground.notes

    async def run(self, run: str, listener: Listener, answer: dict[str, Any] | None = None) -> dict[str, Any]:
        """Start the run, or go on with it; its result, with the status `finished` or `waiting`.

        `answer` is the person's word where the run waits for one: `{"action": "go" | "stop", "instruction": str}`.

        Raises:
            AutoiotError, SandboxError: it stopped, and can be resumed.
        """
        row = await self.runs.get(run)
        folder = self.home / "runs" / run
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / "lock", run):
            started = time.monotonic()
            try:
                await self.runs.set(run, status="running", problem="")
                return await self._attempt(row, RunRequest.from_json(row.request), listener, answer)
            except BaseException as error:
                seconds = row.seconds + time.monotonic() - started
                await self._note_stop(run, error, seconds)
                raise

    async def _attempt(
        self, row: RunRow, request: RunRequest, listener: Listener, answer: dict[str, Any] | None
    ) -> dict[str, Any]:
        run = row.id
        sandbox, source = self.open_sandbox(request), self.open_source(request)
        ground = self.prepared.pop(run, None) or await prepare(request, sandbox, self._inputs(run))
        context = self._context(run, request, ground, sandbox, source)
        attempt = Attempt(context, self.ledger(run), self.home / "checkpoints.db", listener, row.seconds)
        try:
            # Reads the whole split once: not on the event loop.
            await asyncio.to_thread(ground.bench.profile)
            state, waits = await attempt.follow(answer)
            result = await build_result(request, context, state, attempt.ledger)
            result |= {"isolation": isolation(sandbox), "notes": list(ground.notes)}
            result |= replay_facts(source, await attempt.ledger.rows())
            # A finished run that is only written out again took no longer for it.
            seconds = row.seconds if row.status == "finished" else attempt.seconds
            result["usage"]["seconds"] = round(seconds, 2)
            if waits:
                result["status"] = "waiting"
            else:
                await export(request, result, context, attempt.ledger)
        finally:
            if request.record:
                rows = await attempt.ledger.rows()
                write_recording(request.record, request.task.name, self.embedding_model, rows)
            ground.bench.close()
        await self.runs.set(run, status=result["status"], result=result, seconds=seconds)
        return result

    def _inputs(self, run: str) -> Path:
        return self.home / "runs" / run / "inputs"

    def _context(self, run: str, request: RunRequest, ground: Ground, sandbox: Sandbox, source: Source) -> Context:
        ledger = self.ledger(run)
        outside = source.embedding_model if isinstance(source, Recording) else self.embedding_model
        embed = LedgeredEmbeddings(ledger, source) if outside else embed_lexically
        return Context(
            task=request.task,
            chat=LedgeredChat(ledger, source),
            library=LedgeredLibrary(ledger, source, self.artifacts, embed),
            artifacts=self.artifacts,
            versions=Archive(self.sessions, run),
            bench=ground.bench,
            sandbox=sandbox,
            limits=ground.limits,
            asks_person=request.asks_person,
        )

    async def _note_stop(self, run: str, error: BaseException, seconds: float) -> None:
        problem = str(error) if isinstance(error, Exception) else "interrupted"
        # Shielded: after Ctrl-C it has to be kept, too. Suppressed: the first error is the one to tell.
        with contextlib.suppress(Exception):
            await asyncio.shield(self.runs.set(run, status="stopped", problem=problem, seconds=seconds))


def isolation(sandbox: Sandbox) -> str:
    return "none" if sandbox.name == "process" else sandbox.name


def replay_facts(source: Source, calls: list[CallRow]) -> dict[str, Any]:
    if not isinstance(source, Recording):
        return {"replayed": False, "changed_prompts": []}
    return {"replayed": True, "changed_prompts": [str(key) for key in source.changed(calls)]}


@contextlib.contextmanager
def locked(file: Path, run: str) -> Generator[None]:
    """Raises RunFailed when another process runs it: two of them would overwrite each other's steps."""
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunFailed(f"{run} is being run by another process") from error
        yield
