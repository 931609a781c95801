"""kill -9 anywhere, resume: the same result, and no call paid twice.

Each run is a real process, forked from a server that has imported everything but has started no thread.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fakes.jobs import opened_jobs
from fakes.postgres import PostgresServer
from fakes.source import DESIGN, WHOLE, ScriptedSource, answered, asked, block, make_dataset, make_script, make_task
from sqlalchemy import URL, NullPool, create_engine, event, inspect, text

from app.db.address import sqlite_address
from app.db.session import Database
from app.jobs.progress import Event
from app.jobs.request import RunRequest
from app.providers.ledger import Key
from app.wiring import DATABASE
from graph.build import build_graph
from graph.errors import ReplyUnusable, RunFailed
from graph.task import Search, Task
from sandbox.process import ProcessSandbox

NODES = list(build_graph().nodes)
"""In the order in which a run comes to them."""
LAST = "document"
STRUCK = {"seconds", "pace", "peak_memory_mb"}
"""Measured with a clock: not the same twice."""
LONGEST = 60
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["pytest", "app.jobs.service", "sandbox.process", "langgraph.graph"])


@dataclass(frozen=True)
class End:
    """When the process ends itself: at an event, at a call, or at a use of the database or of the result."""

    kind: str = ""
    node: str = ""
    time: int = 1
    """The how manieth of these."""
    by: signal.Signals = signal.SIGKILL

    def __str__(self) -> str:
        return f"{self.kind} {self.node} {self.time}"


NEVER = End()


class Fate:
    """Counts what happens in a process, and ends it."""

    def __init__(self, end: End) -> None:
        self.end, self.count = end, 0

    def hear(self, told: Event) -> None:
        self.meet(told.kind, told.node)

    def call(self, kind: str, key: Key) -> None:
        self.meet(kind, key.node)

    def meet(self, kind: str, node: str) -> None:
        if (kind, node) == (self.end.kind, self.end.node):
            self.count += 1
            if self.count == self.end.time:
                os.kill(os.getpid(), self.end.by)
                time.sleep(LONGEST)

    def watch(self, database: Database, out: Path) -> None:
        """Before each transaction begins, before each is committed, before each file of the result is written."""
        if self.end.kind != "moment":
            return
        for moment in ("begin", "commit"):
            event.listen(database.engine.sync_engine, moment, lambda _: self.meet("moment", ""), insert=True)
        sys.addaudithook(lambda name, values: self._opened(out, name, values))

    def _opened(self, out: Path, name: str, values: tuple[Any, ...]) -> None:
        if name == "open" and str(values[0]).startswith(str(out)):
            self.meet("moment", "")


@dataclass(frozen=True)
class Case:
    """One run, in a folder of its own."""

    folder: Path
    script: dict[Key, tuple[str, ...]]
    asks_person: bool = False
    url: URL | None = None
    """A Postgres database; else SQLite in the folder."""
    task: Task = field(default_factory=make_task)

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def calls(self) -> Path:
        return self.folder / "calls"

    def request(self) -> RunRequest:
        return RunRequest(
            task=self.task,
            base=self.folder,
            dataset=self.folder / "data",
            description=None,
            model="scripted",
            sandbox="process",
            out=self.out,
            asks_person=self.asks_person,
        )

    async def run(self, fate: Fate, before: Callable[[Key], None] | None = None) -> dict[str, Any]:
        source = ScriptedSource(
            self.script, self.calls, before or partial(fate.call, "asked"), partial(fate.call, "answered")
        )
        async with opened_jobs(self.folder, source, ProcessSandbox(), self.url) as jobs:
            fate.watch(jobs.database, self.out)
            known = await jobs.runs.all()
            run = known[0].id if known else (await jobs.submit(self.request()))[0]
            result = await jobs.run(run, fate.hear)
            while result["status"] == "waiting":
                result = await jobs.run(run, fate.hear, {"action": "go", "instruction": ""})
            return result

    def attempt(self, end: End = NEVER) -> int:
        """The exit code of a process that runs the job, or goes on with it."""
        # Daemons: none of them outlives the tests.
        process = SERVER.Process(target=work, args=(self, end), daemon=True)
        process.start()
        process.join(LONGEST)
        code = process.exitcode
        process.close()
        assert code is not None, "it hangs"
        return code

    def finished_calls(self) -> set[Key]:
        """What the ledger has paid for and got."""
        url = self.url or sqlite_address(self.folder / DATABASE)
        address = url if self.url else url.set(drivername="sqlite")
        with create_engine(address, poolclass=NullPool).begin() as connection:
            if not inspect(connection).has_table("calls"):
                return set()
            query = text("SELECT kind, node, iteration, item FROM calls WHERE status = 'finished'")
            return {Key(*row) for row in connection.execute(query)}


def work(case: Case, end: End) -> None:
    try:
        asyncio.run(case.run(Fate(end)))
    except Exception as error:
        (case.folder / "error").write_text(f"{type(error).__name__}: {error}")
        raise


def make_case(folder: Path, *, asks_person: bool = False, url: URL | None = None) -> Case:
    make_dataset(folder / "data")
    return Case(folder, make_script(), asks_person, url)


def make_search(folder: Path) -> Case:
    """A program in one piece, which is tuned, and another draft, which is written and run beside it."""
    case = make_case(folder)
    tuned = WHOLE.replace("BORDER = 5.0  # Of the scale from 0 to 10.", "BORDER = 3.0  # tune: 2.0 to 6.0")
    case.script.update({asked("write_program"): (block(tuned),)})
    case.script.update({asked("write_draft", item="1"): (f"IDEA: no border\n{block(WHOLE.replace('5.0', '7.0'))}",)})
    methods = {"alternatives": ["Without a border."]}
    case.script.update({asked("design"): (json.dumps(DESIGN | methods),)})
    search = Search(policy="tree", drafts=2, style="whole", at_once=2)
    return replace(case, task=make_task(1).model_copy(update={"search": search, "tuning": 8}))


def outcome(case: Case) -> dict[str, Any]:
    """All that a person gets, as far as no clock made it."""
    texts = {
        str(path.relative_to(case.out)): without_clock(path)
        for path in sorted(case.out.rglob("*"))
        if path.is_file() and path.name != "report.html"
    }
    assert (case.out / "report.html").stat().st_size > 1000
    return texts


def without_clock(path: Path) -> Any:
    if path.suffix != ".json":
        return path.read_bytes()
    value = json.loads(path.read_text())
    value.pop("run", None)
    return struck(value)


def struck(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: struck(item) for name, item in value.items() if name not in STRUCK}
    return [struck(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A run that nothing disturbed."""
    case = make_case(tmp_path_factory.mktemp("undisturbed"))
    assert case.attempt() == 0
    return case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path)


def survive(case: Case, *ends: End) -> None:
    """End it as said, each time going on; then let it go to its end."""
    for end in ends:
        paid, before = case.finished_calls(), len(answered(case.calls))
        assert case.attempt(end) == -end.by, f"it never came to {end}"
        assert not paid & set(answered(case.calls)[before:])
    paid, before = case.finished_calls(), len(answered(case.calls))
    assert case.attempt() == 0
    assert not paid & set(answered(case.calls)[before:])


# Each chain is one run that is killed again and again, so that all nodes are met in little time.
ELSEWHERE = frozenset({"review", "write_program", "write_draft", "run_draft", "draft"})
"""The usual job does not come to these."""
PLACES = [(node, kind) for node in NODES if node not in ELSEWHERE for kind in ("started", "finished")]
CHAINS = {f"nodes {number}": [End(kind, node) for node, kind in PLACES[number::7]] for number in range(7)}
CHAINS |= {
    "review undisturbed": [],
    "review": [End("started", "review"), End("finished", "review"), End("finished", "review", 2)],
    "improvements": [
        End("version", "evaluate"),
        *(End(kind, node) for node in ("execute", "evaluate", "improve") for kind in ("started", "finished")),
    ],
    "search undisturbed": [],
    "search": [
        *(End(kind, node) for node in ("write_program", "tune", "draft") for kind in ("started", "finished")),
        End("answered", "document"),
    ],
    "search beside": [
        *(End(kind, "write_draft") for kind in ("started", "asked", "answered", "finished")),
        *(End(kind, "run_draft") for kind in ("started", "finished")),
    ],
    "calls left open": [
        End("asked", "write_module"),
        End("asked", "improve"),
        End("started", "execute", by=signal.SIGTERM),
    ],
    "an answer lost": [End("answered", "outline")],
}
Chain = Callable[[str], Case]


def chain(folder: Path, name: str) -> Case:
    case = (
        make_search(folder) if name.startswith("search") else make_case(folder, asks_person=name.startswith("review"))
    )
    survive(case, *CHAINS[name])
    return case


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """The chains, two at a time, begun when the first of them is wanted."""
    with ThreadPoolExecutor(2) as pool:
        cases: dict[str, Future[Case]] = {
            name: pool.submit(chain, tmp_path_factory.mktemp("killed"), name) for name in CHAINS
        }
        yield lambda name: cases[name].result()
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("place", range(len(PLACES)), ids=[f"{node}-{kind}" for node, kind in PLACES])
def test_killed_at_any_node_it_goes_on_to_the_same_result(place: int, killed: Chain, reference: Case) -> None:
    assert outcome(killed(f"nodes {place % 7}")) == outcome(reference)


def test_killed_while_a_person_is_asked(killed: Chain) -> None:
    assert outcome(killed("review")) == outcome(killed("review undisturbed"))


def test_killed_while_it_searches(killed: Chain) -> None:
    whole = outcome(killed("search"))
    assert whole == outcome(killed("search undisturbed")) == outcome(killed("search beside"))
    assert [version["operator"] for version in whole["result.json"]["versions"]] == ["draft", "tune", "draft"]


def test_killed_all_along_the_improvements(killed: Chain, reference: Case) -> None:
    assert outcome(killed("improvements")) == outcome(reference)


def test_killed_at_any_moment_of_the_export(case: Case, reference: Case) -> None:
    survive_until_done(case)
    assert outcome(case) == outcome(reference)


def survive_until_done(case: Case) -> None:
    """Ends it at ever later moments after the last node, until nothing is left to do."""
    assert case.attempt(End("finished", LAST)) == -signal.SIGKILL
    moment = 1
    while case.attempt(End("moment", "", moment)) != 0:
        moment += 4
    assert moment > 40


def test_a_call_that_was_left_open_is_asked_again(killed: Chain, reference: Case) -> None:
    case = killed("calls left open")
    assert outcome(case) == outcome(reference)
    # It had not been answered: nothing was paid twice.
    assert sorted(answered(case.calls), key=str) == sorted(answered(reference.calls), key=str)


def test_only_a_reply_that_never_reached_the_ledger_is_paid_twice(killed: Chain, reference: Case) -> None:
    case = killed("an answer lost")
    assert outcome(case) == outcome(reference)
    calls = answered(case.calls)
    assert {key for key in calls if calls.count(key) > 1} == {asked("outline")}


def test_a_finished_run_is_exported_again_byte_by_byte(reference: Case) -> None:
    files, calls = exported(reference), answered(reference.calls)
    assert reference.attempt() == 0
    assert exported(reference) == files
    assert answered(reference.calls) == calls


def exported(case: Case) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in case.out.rglob("*") if path.is_file()}


def test_a_second_process_on_the_same_run_is_refused_in_one_line(case: Case, reference: Case) -> None:
    refused: list[str] = []

    def meanwhile(key: Key) -> None:
        if key.node == "outline":
            assert case.attempt() == 1
            refused.append((case.folder / "error").read_text())

    asyncio.run(case.run(Fate(NEVER), before=meanwhile))
    assert refused[0].startswith(RunFailed.__name__)
    assert refused[0].endswith("is being run by another process")
    assert "\n" not in refused[0]
    assert outcome(case) == outcome(reference)


async def test_a_reply_of_no_use_is_asked_again(case: Case, reference: Case) -> None:
    design = asked("design")
    case.script[design] = ("no design", "still none", *case.script[design])
    with pytest.raises(ReplyUnusable, match="resume` asks again"):
        await case.run(Fate(NEVER))
    await case.run(Fate(NEVER))
    assert answered(case.calls).count(design) == 3
    assert struck(outcome(case)["candidates/v3/candidate.json"]) == outcome(reference)["candidates/v3/candidate.json"]


def test_killed_before_a_reply_was_found_of_no_use(case: Case, reference: Case) -> None:
    # The first reply is in the ledger as finished; whether it is of use was not yet known.
    integrate = asked("integrate")
    case.script[integrate] = ("no program", *case.script[integrate])
    survive(case, End("asked", "integrate", 2))
    assert answered(case.calls).count(integrate) == 2
    assert outcome(case)["program.py"] == outcome(reference)["program.py"]


ON_POSTGRES = [
    End("started", "terms"),
    End("finished", "search"),
    End("finished", "write_module"),
    End("started", "execute"),
    End("version", "evaluate"),
    End("asked", "improve"),
    End("finished", "document"),
]


def test_killed_on_postgres_it_goes_on_to_the_same_result(
    postgres: PostgresServer, reference: Case, tmp_path: Path
) -> None:
    case = make_case(tmp_path, url=postgres.new_database())
    survive(case, *ON_POSTGRES)
    assert outcome(case) == outcome(reference)
    assert not list(case.folder.glob("*.db"))
