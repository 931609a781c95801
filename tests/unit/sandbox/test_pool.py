# ruff: noqa: ASYNC110 (nobody waits for this event loop)
"""Nothing that is kept ready is used twice, for another folder, or with other limits; and nothing stays."""

import asyncio
import shutil
from pathlib import Path

import pytest
from fakes.starter import FakeStarter

from sandbox.base import Program
from sandbox.limits import Limits
from sandbox.pool import PooledSandbox

LIMITS = Limits()


async def run(pool: PooledSandbox, folder: Path, limits: Limits = LIMITS, *, recurring: bool = True) -> None:
    await pool.run(Program("", folder, recurring=recurring), limits)
    await settled(pool)


async def settled(pool: PooledSandbox) -> None:
    while pool.tasks:
        await asyncio.gather(*pool.tasks)


async def test_the_second_program_finds_one_ready_and_each_is_used_once(tmp_path: Path) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=1, imported=("numpy",))
    for _ in range(3):
        await run(pool, tmp_path)
    assert [len(one.ran) for one in starter.started] == [1, 1, 0]
    assert [one.ends for one in starter.started] == [1, 1, 0]
    assert starter.started[0].imported == ("numpy",)
    assert len(starter.fresh) == 1
    assert (pool.name, pool.visible, pool.memory_mb) == ("fake", (Path("/usr"),), 100.0)


async def test_nothing_is_kept_for_a_program_that_comes_once(tmp_path: Path) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=1)
    await run(pool, tmp_path, recurring=False)
    assert starter.started == []


@pytest.mark.parametrize("limits", [Limits(gpu=True), Limits(memory_mb=256)])
async def test_nothing_is_kept_that_would_hold_a_device_or_all_the_memory(tmp_path: Path, limits: Limits) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=1)
    await run(pool, tmp_path, limits)
    assert starter.started == []
    assert len(starter.fresh) == 1


async def test_other_limits_and_other_folders_need_another(tmp_path: Path) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=4)
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    await run(pool, folders[0])
    await run(pool, folders[1])
    await run(pool, folders[0], Limits(seconds=1))
    assert len(starter.fresh) == 3


async def test_a_folder_that_was_made_anew_is_another(tmp_path: Path) -> None:
    pool, folder = PooledSandbox(starter := FakeStarter(), size=1), tmp_path / "a"
    folder.mkdir()
    await run(pool, folder)
    (tmp_path / "kept").mkdir()  # else the new one may get the old one's number
    shutil.move(folder, tmp_path / "old")
    folder.mkdir()
    await run(pool, folder)
    assert len(starter.fresh) == 2
    assert starter.started[0].ran == []


async def test_what_is_asked_for_lately_takes_the_place_of_the_oldest(tmp_path: Path) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=2)
    for number in (1, 2):
        await run(pool, tmp_path, Limits(seconds=number))
    assert [one.limits.seconds for one in starter.started] == [1, 1, 2, 2]
    assert [one.ends for one in starter.started] == [1, 1, 0, 0]
    assert len(pool.waiting) == 2


async def test_one_that_died_while_it_waited_is_passed_over(tmp_path: Path) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=1)
    await run(pool, tmp_path)
    starter.started[0].alive = False
    await run(pool, tmp_path)
    assert len(starter.fresh) == 2
    assert (starter.started[0].ran, starter.started[0].ends) == ([], 1)


async def test_one_that_nobody_needs_goes(tmp_path: Path) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=1, idle_seconds=0.01)
    await run(pool, tmp_path)
    while pool.waiting:
        await asyncio.sleep(0.01)
    await settled(pool)
    assert starter.started[0].ends == 1


async def test_a_pool_that_cannot_be_filled_stops_no_program(tmp_path: Path) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=1)
    starter.broken = True
    await run(pool, tmp_path)
    await run(pool, tmp_path)
    assert len(starter.fresh) == 2
    assert pool.coming == []


async def test_nothing_stays_after_the_end(tmp_path: Path) -> None:
    pool = PooledSandbox(starter := FakeStarter(), size=2)
    await run(pool, tmp_path)
    await pool.run(Program("", tmp_path, recurring=True), LIMITS)
    await pool.close()
    assert all(one.ends == 1 for one in starter.started)
    assert (len(pool.waiting), pool.coming, starter.closed) == (0, [], 1)
