"""Checkpoints on either database: what is kept, what is never loaded, who may not write."""

import asyncio
import gc
import operator
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypedDict

import pytest
from fakes.jobs import claimed
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.graph import END, START, StateGraph

from app.db.checkpoints import Checkpoints, Saver
from app.db.errors import LostJob
from app.db.fence import Fence
from app.db.session import Database

FOR_LONG = 60.0
"""Seconds that no machine is too slow for."""
CONFIG: Any = {"configurable": {"thread_id": "one", "checkpoint_ns": ""}}


@dataclass
class Foreign:
    text: str


@pytest.fixture
async def fence(database: Database) -> Fence:
    return await claimed(database, "one")


async def put(saver: Saver, value: Any) -> Any:
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"], checkpoint["channel_versions"] = {"a": value}, {"a": "1"}
    return await saver.aput(CONFIG, checkpoint, {"step": 1}, {"a": "1"})


async def got(saver: Saver, config: Any) -> Any:
    found = await saver.aget_tuple(config)
    return found and found.checkpoint["channel_values"]["a"]


async def test_plain_values_come_back(checkpoints: Checkpoints, fence: Fence) -> None:
    value = {"text": "a\0b \N{SNOWMAN}", "number": 0.5, "list": [1, None, True]}
    config = await put(checkpoints.open(fence), value)
    saver = checkpoints.open(fence)
    assert await got(saver, config) == value
    assert [found.config async for found in saver.alist(CONFIG)] == [config]


async def test_many_runs_keep_theirs_at_once(checkpoints: Checkpoints, database: Database) -> None:
    async def keep(run: str) -> Any:
        place: Any = {"configurable": {"thread_id": run, "checkpoint_ns": ""}}
        saver = checkpoints.open(await claimed(database, run))
        for number in range(5):
            checkpoint = empty_checkpoint()
            checkpoint["channel_values"], checkpoint["channel_versions"] = {"a": [run, number]}, {"a": str(number)}
            config = await saver.aput(place, checkpoint, {"step": number}, {"a": str(number)})
            await saver.aput_writes(config, [("a", [run, "next"])], "task")
        found = await saver.aget_tuple(place)
        assert found
        return found.checkpoint["channel_values"]["a"], found.pending_writes

    names = [f"run-{number}" for number in range(30)]
    kept = await asyncio.gather(*map(keep, names))
    assert kept == [([run, 4], [("task", "a", [run, "next"])]) for run in names]


async def test_a_class_in_a_checkpoint_is_not_loaded(checkpoints: Checkpoints, fence: Fence) -> None:
    saver = checkpoints.open(fence)
    found = await got(saver, await put(saver, [Foreign("x"), "plain"]))
    assert found[1] == "plain"
    assert not isinstance(found[0], Foreign)


async def test_who_has_lost_the_run_writes_no_checkpoint(
    checkpoints: Checkpoints, fence: Fence, database: Database
) -> None:
    saver = checkpoints.open(fence)
    config = await put(saver, ["mine"])
    await claimed(database, "one", "there#1")
    with pytest.raises(LostJob):
        await put(saver, ["late"])
    with pytest.raises(LostJob):
        await saver.aput_writes(config, [("a", ["late"])], "task")
    found = await saver.aget_tuple(CONFIG)
    assert found and found.config == config
    assert (found.checkpoint["channel_values"], found.pending_writes) == ({"a": ["mine"]}, [])


async def test_what_a_task_wrote_is_kept_with_the_checkpoint_that_follows(
    checkpoints: Checkpoints, fence: Fence
) -> None:
    saver = replace(checkpoints, follows=FOR_LONG).open(fence)
    before = await put(saver, ["before"])
    writing = asyncio.create_task(saver.aput_writes(before, [("a", ["a part"])], "task"))
    await asyncio.sleep(0)
    await put(saver, ["after"])
    found = await saver.aget_tuple(before)
    assert found and found.pending_writes == [("task", "a", ["a part"])]
    await writing


async def test_what_is_lost_with_the_checkpoint_that_follows_is_told_to_both(
    checkpoints: Checkpoints, fence: Fence, database: Database
) -> None:
    saver = replace(checkpoints, follows=FOR_LONG).open(fence)
    before = await put(saver, ["before"])
    writing = [asyncio.create_task(saver.aput_writes(before, [("a", [item])], item)) for item in "xy"]
    await asyncio.sleep(0)
    await claimed(database, "one", "there#1")
    told = await asyncio.gather(put(saver, ["after"]), *writing, return_exceptions=True)
    assert [type(error) for error in told] == [LostJob] * 3
    found = await saver.aget_tuple(CONFIG)
    assert found and (found.config, found.pending_writes) == (before, [])


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_loss_is_told_to_whoever_asks_and_to_nobody_else(
    checkpoints: Checkpoints, fence: Fence, database: Database, cancelled: bool
) -> None:
    logged: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context))
    saver = replace(checkpoints, follows=FOR_LONG if cancelled else 0.0).open(fence)
    before = await put(saver, ["before"])
    if not cancelled:
        await claimed(database, "one", "there#1")
    writing = asyncio.create_task(saver.aput_writes(before, [("a", ["a part"])], "task"))
    await asyncio.sleep(0)
    if cancelled:
        await claimed(database, "one", "there#1")
        writing.cancel()
        with pytest.raises(LostJob):
            await put(saver, ["after"])
    with pytest.raises(asyncio.CancelledError if cancelled else LostJob):
        await writing
    del writing
    gc.collect()
    assert logged == []


class Walk(TypedDict):
    passed: Annotated[list[str], operator.add]


@pytest.mark.parametrize("at", ["first", "second"])
async def test_a_graph_that_lost_its_run_stops(
    checkpoints: Checkpoints, fence: Fence, database: Database, at: str
) -> None:
    async def step(name: str) -> dict[str, list[str]]:
        if name == at:
            await claimed(database, "one", "there#1")
        return {"passed": [name]}

    async def first(_: Walk) -> dict[str, list[str]]:
        return await step("first")

    async def second(_: Walk) -> dict[str, list[str]]:
        return await step("second")

    graph = StateGraph(Walk).add_node("first", first).add_node("second", second)
    graph.add_edge(START, "first").add_edge("first", "second").add_edge("second", END)
    saver = checkpoints.open(fence)
    compiled = graph.compile(checkpointer=saver)
    with pytest.raises(LostJob):
        await compiled.ainvoke({"passed": []}, CONFIG, durability="sync")
    assert (await compiled.aget_state(CONFIG)).next == (at,)
