"""The state holds references and small values, and does not grow with the run."""

import json
from dataclasses import replace

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from small_world import World, edit, fenced, glue, run_score, world

LONG = "".join(f"# a comment of some length that makes the program long, number {n}\n" for n in range(150))


async def run_of(iterations: int) -> World:
    more = {
        ("improve", n, ""): f"IDEA: number {n} of many\n"
        + edit(f'SCORE = "0.{n - 1:03}"', f'SCORE = "0.{n:03}"\n# {n} {"x" * 2000}')
        for n in range(1, iterations + 1)
    }
    w = world(more, first="0.000", iterations=iterations)
    w.chat.script["integrate", 0, ""] = fenced(glue("0.000") + LONG + "X = 1\n")
    await w.run()
    return w


async def largest_checkpoint(w: World) -> int:
    serializer = JsonPlusSerializer(allowed_msgpack_modules=None)
    return max([len(serializer.dumps_typed(s.values)[1]) async for s in w.graph.aget_state_history(w.config)])


async def test_the_state_is_as_small_after_thirty_iterations_as_after_three():
    few, many = await run_of(3), await run_of(30)
    assert len(many.versions) == 31
    assert len(many.source(31)) > 60_000
    few_bytes, many_bytes = await largest_checkpoint(few), await largest_checkpoint(many)
    assert many_bytes - few_bytes < 100
    assert many_bytes < 4000


async def test_no_long_text_is_in_any_state():
    w = await run_of(3)
    states = [s.values async for s in w.graph.aget_state_history(w.config)]
    assert len(states) > 15
    strings = [text for state in states for text in _strings(json.loads(json.dumps(state)))]
    assert max(map(len, strings)) <= 500
    assert not [text for text in strings if "\n" in text]


async def test_a_prompt_does_not_grow_with_the_run():
    w = await run_of(30)
    # The program itself grows in this run: what is told besides it must not.
    rest = {n: len(w.chat.prompt("improve", n).replace(w.source(n), "")) for n in (25, 30)}
    assert rest[30] - rest[25] < 100


async def test_a_program_that_claims_a_lot_does_not_make_the_state_large():
    claims = json.dumps({f"metric {n} {'x' * n}": n for n in range(2000)})
    w = world()
    w.sandbox.outcome = lambda given: replace(run_score(given), stdout=f"claim: {claims}")
    await w.run()
    assert w.versions[1].claim["metric 0 "] == 0
    assert await largest_checkpoint(w) < 4000


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
