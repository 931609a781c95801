"""What a person says while a run goes on: who hears it, and that nobody hears it twice."""

import pytest
from langgraph.types import Command
from small_world import state, to, world

from graph.hearing import can_be_heard

IDEAS = {("improve", n, ""): "IDEA: up\n" + to(f"0.{n + 4}", f"0.{n + 5}") for n in (1, 2)}


async def test_each_instruction_is_in_the_prompt_of_one_step():
    w = world(IDEAS, iterations=2, asks_person=True)
    w.told.append("Keep it short.")
    await w.run()
    w.told.append("Mind the noise.")
    await w.run(Command(resume={"action": "go", "instruction": "And the peaks."}))
    end = await w.run(Command(resume={"action": "go"}))
    prompts = {key: w.chat.prompt(key[0], key[1]) for key in w.chat.keys if key[0] in ("design", "improve")}
    for text, node in (("Keep it short.", "design"), ("Mind the noise.", "improve"), ("And the peaks.", "improve")):
        assert [key[0] for key, prompt in prompts.items() if text in prompt] == [node]
    assert end["heard"] == 2
    go = {"action": "go"}
    assert [
        (w.context.text(one["text"]) if one["text"] else "", one["after"], one.get("answer")) for one in end["said"]
    ] == [
        ("Keep it short.", 0, None),
        ("Mind the noise.", 1, None),
        ("And the peaks.", 1, go),
        ("", 2, go),
    ]


async def test_a_repair_is_told_what_its_candidate_was_made_with():
    w = world(
        {("improve", 1, ""): "IDEA: up\n" + to("0.5", "crash"), ("debug", 1, "1"): to("crash", "0.6")}, iterations=1
    )
    w.asks_person = True
    await w.run()
    await w.run(Command(resume={"action": "go", "instruction": "The offset is 3."}))
    assert "The offset is 3." in w.chat.prompt("debug", 1, "1")


async def test_what_comes_while_a_step_is_done_again_waits_for_the_next_one():
    w = world({("improve", 2, ""): IDEAS["improve", 2, ""]}, iterations=2)
    with pytest.raises(Exception, match="improve"):
        await w.run()
    # The call may have been paid already: its prompt has to be the same.
    w.told.append("Mind the noise.")
    w.chat.script[("improve", 1, "")] = IDEAS["improve", 1, ""]
    await w.run(None)
    assert "Mind the noise." not in w.chat.prompt("improve", 1)
    assert "Mind the noise." in w.chat.prompt("improve", 2)


async def test_nothing_is_heard_where_nothing_follows():
    w = world(iterations=0)
    await w.run()
    w = world(iterations=0)
    w.told.append("Before the design.")
    assert (await w.run())["heard"] == 1


@pytest.mark.parametrize(
    ("following", "iteration", "heard"),
    [
        (["__start__"], None, True),
        (["outline"], 0, True),
        (["design"], 0, True),
        (["execute"], 1, True),
        (["execute"], 2, False),
        (["improve"], 0, True),
        (["improve"], 1, False),
        (["review"], 1, True),
        (["select"], 1, False),
        ([], 2, False),
    ],
)
def test_until_when_something_can_be_said(following: list[str], iteration: int | None, heard: bool):
    values = {} if iteration is None else state(iteration=iteration)
    assert can_be_heard(following, values, 2) is heard
