# ruff: noqa: T201, E402 (it prints for a person)
"""What it costs to keep each step of a job: a chain of ten nodes that do nothing, with checkpoints, events, fence.

`python benchmarks/chain.py`: create one and wait for its end, and how many a second, on SQLite and Postgres. No program
is run and no model asked: what is left is the state machine and the database.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from sqlalchemy import URL

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from fakes.jobs import make_request
from fakes.postgres import postgres_server

from app.db.address import sqlite_address
from app.db.checkpoints import Checkpoints
from app.db.migrate import migrate
from app.db.session import Database
from app.jobs.attempt import by_step, to_event
from app.jobs.events import Journal
from app.jobs.runs import Runs
from app.providers.usage import Usage
from app.wiring import DATABASE, open_store

NODES, ALONE, MANY, AT_ONCE = 10, 50, 200, 8
NOTHING = Usage(0, 0, 0, 0, 0, None)


class State(TypedDict):
    count: int


async def count_on(state: State) -> State:
    return {"count": state["count"] + 1}


def chain() -> Any:
    graph = StateGraph(State)
    names = [f"n{number}" for number in range(NODES)]
    for name in names:
        graph.add_node(name, count_on)
    for one, following in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(one, following)
    return graph.compile()


CHAIN = chain()


async def one(database: Database, checkpoints: Checkpoints, name: str) -> None:
    """From the row of the job to its end: every step is in the database before the next begins."""
    runs = Runs(database)
    await runs.add(name, make_request(Path("/nowhere")))
    fence = await runs.claim(await runs.get(name), "here#1")
    journal = Journal(fence)
    saver = checkpoints.open(fence)
    graph = CHAIN.copy({"checkpointer": saver})
    config = {"configurable": {"thread_id": name}}
    stream = graph.astream({"count": 0}, config, stream_mode=["tasks"], durability="sync", version="v2")
    async for parts in by_step(stream):
        await journal.write(*(to_event(part, NOTHING, 0.0) for part in parts))
    await runs.leave(fence, "finish", result={}, seconds=0.0)


async def measure(name: str, url: URL) -> None:
    await migrate(url)
    async with open_store(url) as (database, checkpoints):
        await one(database, checkpoints, "first")
        times: list[float] = []
        for number in range(ALONE):
            began = time.perf_counter()
            await one(database, checkpoints, f"alone-{number}")
            times.append(1000 * (time.perf_counter() - began))
        slots, began = asyncio.Semaphore(AT_ONCE), time.perf_counter()

        async def turn(number: int) -> None:
            async with slots:
                await one(database, checkpoints, f"many-{number}")

        await asyncio.gather(*map(turn, range(MANY)))
        rate = MANY / (time.perf_counter() - began)
    print(
        f"  {name:10} one alone p50 {statistics.median(times):.0f} ms; {AT_ONCE} at once: {rate:.0f} a second",
        flush=True,
    )


def main() -> None:
    print(f"A chain of {NODES} nodes that do nothing, each step kept with {2 * NODES} events:")
    with tempfile.TemporaryDirectory(prefix="autoiot-chain-") as folder, postgres_server() as postgres:
        asyncio.run(measure("SQLite", sqlite_address(Path(folder) / DATABASE)))
        asyncio.run(measure("Postgres", postgres.new_database()))


if __name__ == "__main__":
    main()
