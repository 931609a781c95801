"""Jobs: what is checked before one starts, and what is kept when one ends."""

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from langgraph.runtime import RunControl
from sqlalchemy.ext.asyncio import AsyncSession

from app.artifacts.store import ArtifactStore
from app.db.checkpoints import Checkpoints
from app.db.errors import database_failure
from app.db.fence import Fence
from app.db.plain import storable
from app.db.session import Database
from app.db.tables import HOME, CallRow, RunRow
from app.jobs.archive import Archive, saved_versions
from app.jobs.attempt import Attempt, note
from app.jobs.events import Events
from app.jobs.heartbeat import EVERY, beat, work_while
from app.jobs.history import History
from app.jobs.instructions import Instructions
from app.jobs.lifecycle import ChangeRefused, JobCancelled
from app.jobs.out import refuse_occupied
from app.jobs.place import Place
from app.jobs.preparation import Ground, prepare, programs_at_once
from app.jobs.progress import Listener
from app.jobs.queue import NoQueue, Queue
from app.jobs.request import RunRequest
from app.jobs.result import Kept, build_result, export
from app.jobs.runs import Runs, new_run_id
from app.jobs.setbacks import outcome
from app.jobs.trials import Trials
from app.knowledge.library import LedgeredLibrary
from app.knowledge.lookup import LookUp
from app.knowledge.retrieval import Given, LedgeredEmbeddings, Retrieval, embed_lexically
from app.knowledge.shelf import Shelf
from app.providers.chat import LedgeredChat
from app.providers.ledger import Calls, Ledger
from app.providers.recording import Recording, write_recording
from app.providers.source import Source
from app.quality.ruff import RuffCritic
from app.telemetry.observer import AttemptSeen, Observer, Silent
from app.telemetry.seams import ObservedSandbox, ObservedSource
from graph.context import Context
from sandbox.base import Sandbox


@dataclass(frozen=True)
class Attending:
    """Who is there while a run goes."""

    listener: Listener
    answer: dict[str, Any] | None = None
    control: RunControl | None = None
    queued: bool = False
    """It came from a queue, and may go back there."""


@dataclass(frozen=True)
class Jobs:
    home: Path
    database: Database
    checkpoints: Checkpoints
    open_source: Callable[[RunRequest], Source]
    open_sandbox: Callable[[RunRequest], Sandbox]
    shelf: Shelf
    """Of all workspaces."""
    queue: Queue = field(default_factory=NoQueue)
    embedding_model: str | None = None
    offers_tools: bool = True
    """The model may call them."""
    searches_web: bool = False
    """One of those tools may."""
    beat_seconds: float = EVERY
    observer: Observer = Silent()
    prepared: dict[str, Ground] = field(default_factory=dict[str, Ground])
    """What was checked for a run that has not started yet: reading a dataset twice takes time."""
    trials: Trials = field(default_factory=Trials)

    @property
    def runs(self) -> Runs:
        return Runs(self.database, self.queue)

    @property
    def artifacts(self) -> ArtifactStore:
        """Of all jobs, to read from."""
        return ArtifactStore(self.home / "artifacts")

    def artifacts_of(self, run: str) -> ArtifactStore:
        """What is put there is kept for as long as the run is."""
        return ArtifactStore(self.home / "artifacts", self.home / "runs" / run / "uses")

    @property
    def events(self) -> Events:
        return Events(self.database)

    @property
    def history(self) -> History:
        return History(self.checkpoints)

    @property
    def place(self) -> Place:
        return Place(self.home)

    def calls(self, run: str) -> Calls:
        return Calls(self.database, run)

    def instructions(self, run: str) -> Instructions:
        return Instructions(self.database, run)

    async def submit(self, request: RunRequest) -> tuple[str, tuple[str, ...]]:
        """A new run and the remarks that a person should read; nothing is spent yet.

        Raises:
            AutoiotError, SandboxError: something is wrong with what was asked, or with this machine.
        """
        refuse_occupied(request.out)
        request = replace(request, kept=await self._kept(request))
        run = new_run_id(request.task.name)
        sandbox = await self._open_sandbox(request)
        try:
            ground = await prepare(request, sandbox, self._inputs(run, 1), self.trials)
        finally:
            await sandbox.close()
        self.open_source(request)
        await self.runs.add(run, request)
        self.prepared[run] = ground
        return run, ground.notes

    async def _kept(self, request: RunRequest) -> tuple[str, ...]:
        """What of a task's `knowledge` is no file beside it, but kept by whoever uses the command line."""
        known = await self.shelf.documents.collections(HOME)
        return tuple(n for n in request.task.knowledge if n in known and not (request.base / n).exists())

    async def run(self, run: str, listener: Listener, answer: dict[str, Any] | None = None) -> dict[str, Any]:
        """Start the run, or go on with it; its result, with the status `finished` or `waiting`.

        `answer` is the person's word where the run waits for one: `{"action": "go" | "stop", "instruction": str}`.
        One that is finished writes its folder again.

        Raises:
            LostJob: another worker has taken it over.
            JobCancelled, ChangeRefused: somebody has cancelled it.
            AutoiotError, SandboxError: it stopped, and can be resumed.
        """
        row = await self.runs.get(run)
        if row.status == "finished":
            with self.place.locked(run, row.attempt + 1):
                return await self._write_again(row)
        return await self._run(row, Attending(listener, answer))

    async def work(self, run: str, listener: Listener, control: RunControl | None = None) -> dict[str, Any]:
        """As `run`, for a worker that has it from a queue: what cannot be helped at once goes back there.

        Raises:
            LostJob, JobCancelled: as `run`.
            ChangeRefused: it is not queued any more.
            AutoiotError, SandboxError: it stopped, and a person can resume it; or it is queued again.
            GraphDrained: `control` asked for that; it is queued again.
        """
        row = await self.runs.get(run)
        if row.status != "queued":
            raise ChangeRefused(f"a job that is {row.status} is not for a worker to take")
        return await self._run(row, Attending(listener, control=control, queued=True))

    async def _run(self, row: RunRow, attending: Attending) -> dict[str, Any]:
        run, place = row.id, self.place
        # Whose process is gone is dead at once; another one's only when it has been silent for long.
        with place.locked(run, row.attempt + 1):
            fence = await self.runs.claim(row, place.worker, dead=place.is_dead(row))
            seen = AttemptSeen(run, fence.attempt)
            with self.observer.attempt(seen):
                return await self._claimed(await self.runs.get(run), fence, attending, seen)

    async def _claimed(self, row: RunRow, fence: Fence, attending: Attending, seen: AttemptSeen) -> dict[str, Any]:
        started = time.monotonic()
        try:
            if row.cancel_requested:
                raise JobCancelled(f"{row.id} was cancelled")
            beats = beat(self.runs, fence, self.beat_seconds)
            result, spent = await work_while(self._attempt(row, fence, attending), beats)
            change = "wait" if result["status"] == "waiting" else "finish"
            # Only now: a sign of life from a run that has been left would find it lost.
            await self.runs.leave(fence, change, result=result, seconds=spent, answer=None)
        except BaseException as error:
            seconds = row.seconds + time.monotonic() - started
            seen.outcome = await self._note_stop(row, fence, error, seconds, queued=attending.queued)
            raise
        seen.outcome = change
        return result

    async def _attempt(self, row: RunRow, fence: Fence, attending: Attending) -> tuple[dict[str, Any], float]:
        """The result, and the seconds that it took in all attempts."""
        request = RunRequest.from_json(row.request)
        source = await asyncio.to_thread(self.open_source, request)
        sandbox = ObservedSandbox(await self._open_sandbox(request), self.observer)
        try:
            return await self._follow(row, fence, request, attending, sandbox, source)
        finally:
            await sandbox.close()

    async def _open_sandbox(self, request: RunRequest) -> Sandbox:
        opening = asyncio.ensure_future(asyncio.to_thread(self.open_sandbox, request))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            # The thread cannot be stopped: what it opens would be nobody's.
            await asyncio.shield(close_opened(opening))
            raise

    async def _follow(
        self,
        row: RunRow,
        fence: Fence,
        request: RunRequest,
        attending: Attending,
        sandbox: Sandbox,
        source: Source,
    ) -> tuple[dict[str, Any], float]:
        run, answer = row.id, attending.answer or row.answer
        ground = self.prepared.pop(run, None)
        if ground is None:
            ground = await prepare(request, sandbox, self._inputs(run, row.attempt), self.trials)
        began = time.monotonic()
        ledger = Ledger(fence, request.task.budget, lambda: row.seconds + time.monotonic() - began)
        context = self._context(row, ledger, request, ground, sandbox, source)
        attempt = Attempt(context, ledger, self.checkpoints, attending.listener, attending.control, row.seconds)
        calls = attempt.ledger.calls
        try:
            state, waits = await attempt.follow(answer and clean(answer))
            result = await build_result(request, context, state, calls)
            result |= {"isolation": isolation(sandbox), "notes": list(ground.notes)}
            result |= replay_facts(source, await calls.rows())
            result["usage"]["seconds"] = round(attempt.seconds, 2)
            if waits:
                result["status"] = "waiting"
            else:
                await self._export(run, request, result)
        finally:
            if request.record:
                write_recording(request.record, request.task.name, self.embedding_model, await calls.rows())
            ground.bench.close()
        return result, attempt.seconds

    async def _write_again(self, row: RunRow) -> dict[str, Any]:
        assert row.result
        await self._export(row.id, RunRequest.from_json(row.request), row.result)
        return row.result

    async def _export(self, run: str, request: RunRequest, result: dict[str, Any]) -> None:
        kept = Kept(await saved_versions(self.database, run), await self.calls(run).rows(), self.artifacts)
        await asyncio.to_thread(export, request, result, kept)

    async def question(self, run: str) -> dict[str, Any] | None:
        """What it waits for a person with."""
        last = await self.history.step(run)
        return last.question if last else None

    async def delete(self, run: str) -> None:
        """A run that rests, with its checkpoints and its folder. Raises ChangeRefused, RunUnknown."""

        async def checkpoints(session: AsyncSession) -> None:
            await (await self.checkpoints.within(session)).adelete_thread(run)

        # In one transaction: of a run that is gone nobody would remove them any more.
        await self.runs.delete(run, within=checkpoints)
        await asyncio.to_thread(shutil.rmtree, self.home / "runs" / run, ignore_errors=True)

    def _inputs(self, run: str, attempt: int) -> Path:
        # One for each attempt: whoever was thought dead and wakes up removes its own.
        return self.home / "runs" / run / f"inputs-{attempt}"

    def _context(
        self, row: RunRow, ledger: Ledger, request: RunRequest, ground: Ground, sandbox: Sandbox, source: Source
    ) -> Context:
        fence, artifacts = ledger.fence, self.artifacts_of(row.id)
        outside = source.embedding_model if isinstance(source, Recording) else self.embedding_model
        asked = ObservedSource(source, self.observer, request.model)
        embed = LedgeredEmbeddings(ledger, asked) if outside else embed_lexically
        given = Given(self.shelf, row.workspace, request.kept) if request.kept else None
        looked_up = LookUp(ledger, asked, artifacts, note)
        library = LedgeredLibrary(looked_up, Retrieval(artifacts, embed, given), self.searches_web)
        return Context(
            task=request.task,
            chat=LedgeredChat(ledger, asked, self.offers_tools),
            library=library,
            artifacts=artifacts,
            versions=Archive(fence),
            instructions=self.instructions(fence.run),
            bench=ground.bench,
            sandbox=sandbox,
            critic=RuffCritic(),
            limits=ground.limits,
            at_once=programs_at_once(request.task, ground.limits, os.cpu_count() or 1),
            asks_person=request.asks_person,
            minutes_left=ledger.minutes_left,
            around=self.observer.node,
        )

    async def _note_stop(self, row: RunRow, fence: Fence, error: BaseException, seconds: float, *, queued: bool) -> str:
        """What became of the job: the change, or `lost` where that could not be written."""
        after = outcome(error, queued=queued, setbacks=row.setbacks)
        problem = database_failure(error) or (str(error) if isinstance(error, Exception) else "interrupted")

        async def note() -> None:
            kept = {"problem": problem, "seconds": seconds, "setbacks": after.setbacks}
            await self.runs.leave(fence, after.change, after.delay, **kept)

        # Shielded: after Ctrl-C it has to be kept, too. Suppressed: the first error is the one to tell.
        with contextlib.suppress(Exception):
            await asyncio.shield(note())
            return after.change
        return "lost"


def clean(answer: dict[str, Any]) -> dict[str, Any]:
    """What goes into a checkpoint has to be text that Postgres can keep."""
    return {name: storable(value) if isinstance(value, str) else value for name, value in answer.items()}


async def close_opened(opening: asyncio.Future[Sandbox]) -> None:
    # Suppressed: who has cancelled it does not ask what came of it.
    with contextlib.suppress(Exception):
        await (await opening).close()


def isolation(sandbox: Sandbox) -> str:
    return "none" if sandbox.name == "process" else sandbox.name


def replay_facts(source: Source, calls: list[CallRow]) -> dict[str, Any]:
    if not isinstance(source, Recording):
        return {"replayed": False, "changed_prompts": []}
    return {"replayed": True, "changed_prompts": [str(key) for key in source.changed(calls)]}
