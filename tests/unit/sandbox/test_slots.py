import asyncio

import pytest

from sandbox.errors import SandboxStuck
from sandbox.slots import Slots


async def test_who_comes_too_late_waits_for_a_turn() -> None:
    slots = Slots(1)
    await slots.take()
    second, third = (asyncio.create_task(slots.take()) for _ in range(2))
    await asyncio.sleep(0)
    assert not second.done()
    await asyncio.to_thread(slots.give_back)
    await second
    assert not third.done()
    slots.give_back()
    await third
    slots.give_back()
    assert slots.free == 1


async def test_a_turn_that_comes_to_one_who_has_left_is_the_next_ones() -> None:
    slots = Slots(1)
    await slots.take()
    left, stays = (asyncio.create_task(slots.take()) for _ in range(2))
    await asyncio.sleep(0)
    left.cancel()
    slots.give_back()
    await stays
    slots.give_back()
    await asyncio.sleep(0)
    assert slots.free == 1


async def test_a_turn_is_not_lost_with_one_who_leaves_in_the_same_moment() -> None:
    slots = Slots(1)
    await slots.take()
    waits = asyncio.create_task(slots.take())
    await asyncio.sleep(0)
    slots.give_back()
    await asyncio.sleep(0)
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
    assert slots.free == 1


async def test_a_closed_slot_opens_again_when_its_container_has_gone() -> None:
    slots = Slots(1)
    await slots.take()
    slots.keep_closed("box")
    with pytest.raises(SandboxStuck, match="docker rm -f`: box"):
        await slots.take()
    slots.reopen("other")
    assert slots.free == 0
    slots.reopen("box")
    await slots.take()
