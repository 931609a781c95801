"""A person who goes back, takes a version, or changes what is enough."""

import pytest
from langgraph.types import Command
from small_world import SCORING, World, edit, fenced, program, state, task, to, world

from graph.steering import refusal, scoring_now, steering, those_from
from graph.values import Version

ANSWER = {"action": "go", "instruction": ""}
VERSIONS = [
    Version(version=number, parent=parent, idea="", source="s", status="failed" if number == 4 else "ok")
    for number, parent in ((1, None), (2, 1), (3, 1), (4, 2), (5, 4), (6, 3))
]


@pytest.mark.parametrize(
    ("answer", "changes", "note"),
    [
        ({}, {}, ""),
        ({"version": 2}, {"back_to": (2, 6), "following": "improve"}, "it goes on from v2"),
        ({"version": 2, "action": "stop"}, {"accepted": 2}, ""),
        ({"version": 4}, {}, "version 4 is none that ran; choose from 1, 2, 3, 5, 6; nothing is changed by it"),
        (
            {"version": 9, "action": "stop"},
            {},
            "version 9 is none that ran; choose from 1, 2, 3, 5, 6; nothing is changed by it",
        ),
        (
            {"version": 2, "target": 95.0},
            {},
            "target 95: f1 lies between 0 and 1; write e.g. 0.99; nothing is changed by it",
        ),
        ({"target": 0.9}, {"target": 0.9}, "0.9 is enough now"),
        ({"target": 0.9, "action": "stop"}, {}, ""),
    ],
)
def test_what_an_answer_changes(answer: dict[str, object], changes: dict[str, object], note: str) -> None:
    found = steering(ANSWER | answer, VERSIONS, SCORING)
    assert found.changes == changes
    assert found.notes == [note] * bool(note)


@pytest.mark.parametrize(
    ("back_to", "left"),
    [(None, [1, 2, 3, 4, 5, 6]), ((1, 1), [1, 2, 3, 4, 5, 6]), ((1, 2), [1, 3, 6]), ((2, 3), [2, 4, 5]), ((1, 6), [1])],
)
def test_what_came_of_a_version_since(back_to: tuple[int, int] | None, left: list[int]) -> None:
    given = state(back_to=back_to) if back_to else state()
    assert [version.version for version in those_from(VERSIONS, given)] == left


def test_without_a_scoring_there_is_no_target() -> None:
    assert refusal(ANSWER | {"target": 0.9}, VERSIONS, None) == "the task has no scoring, so there is no target"
    assert refusal(ANSWER | {"version": 1}, [], None) == "version 1 is none that ran; choose from none"
    assert refusal(ANSWER, VERSIONS, None) == ""


def test_the_target_of_now() -> None:
    assert scoring_now(None, 0.9) is None
    assert scoring_now(SCORING, None) is SCORING
    changed = scoring_now(SCORING, 0.9)
    assert changed is not None
    assert changed.target == 0.9


def reviewed(iterations: int = 3) -> World:
    more = {("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.6")}
    more |= {
        ("improve", 2, ""): "IDEA: other\n" + to("0.5", "0.55"),
        ("improve", 3, ""): "IDEA: more\n" + to("0.55", "0.7"),
    }
    w = world(more, iterations=iterations, asks_person=True)
    w.task = task(iterations=iterations)
    return w


def answer(**more: object) -> Command[object]:
    return Command(resume=ANSWER | more)


async def test_going_back_holds_for_all_that_follows():
    w = reviewed()
    await w.run()
    await w.run(answer())
    await w.run(answer(version=1))
    end = await w.run(answer())
    parents = {version.version: version.parent for version in w.archive.saved}
    assert parents == {1: None, 2: 1, 3: 1, 4: 3}, "the third is ahead in the branch that was gone back to"
    assert "A promising program, though version 2 is ahead of it: version 1" in w.chat.prompt("improve", 2)
    assert end["best"] == {"version": 4, "value": 0.7}


async def test_nothing_is_merged_into_what_a_person_went_back_to():
    w = world(
        {
            ("draft", 1, ""): "IDEA: other\n" + fenced(program("0.8", "\n# 2\n")),
            ("improve", 2, ""): "IDEA: up\n" + to("0.5", "0.6"),
        },
        asks_person=True,
    )
    w.task = task(iterations=2, search={"policy": "tree", "drafts": 2})
    await w.run()
    await w.run(answer())
    await w.run(answer(version=1))
    assert [(v.version, v.parent, v.operator) for v in w.archive.saved] == [
        (1, None, "draft"),
        (2, None, "draft"),
        (3, 1, "improve"),
    ]


async def test_a_version_that_breaks_what_is_said_with_it_is_gone_on_from_and_shown_as_failing():
    numpy = edit("import argparse", "import argparse\n\nimport numpy")
    w = world(
        {
            ("improve", 1, ""): "IDEA: numpy\n" + numpy,
            ("improve", 2, ""): "IDEA: up\n" + to("0.5", "0.6"),
            ("improve", 3, ""): "IDEA: without\n" + edit("import numpy\n", ""),
        },
        iterations=3,
        asks_person=True,
    )
    await w.run()
    await w.run(answer())
    await w.run(answer())
    await w.run(answer(version=2, instruction="Never use numpy."))
    shown = w.chat.prompt("improve", 3)
    assert "# The program to go on from, which fails: version 2" in shown
    assert "It fails: it imports numpy; a person said: Never use numpy" in shown


async def test_a_version_that_a_person_takes_is_handed_over():
    w = reviewed()
    await w.run()
    await w.run(answer())
    end = await w.run(answer(action="stop", version=1))
    assert end["best"] == {"version": 1, "value": 0.5}
    assert end["test"]["metrics"] == {"f1": 0.5}


async def test_a_target_that_is_reached_already_ends_it():
    w = reviewed()
    await w.run()
    end = await w.run(answer(target=0.45))
    assert (end["stopped_by"], end["best"]["version"]) == ("target", 1)


async def test_a_target_that_is_reached_later_ends_it_then():
    w = reviewed()
    await w.run()
    end = await w.run(answer(target=0.6))
    assert (end["stopped_by"], end["best"]["version"]) == ("target", 2)


async def test_a_version_that_is_not_there_changes_nothing():
    w = reviewed()
    await w.run()
    await w.run(answer(version=7))
    assert w.versions[2].parent == 1
