"""Drafts by other methods: written beside the first program, tried one after the other."""

import asyncio
import json
import re

import pytest
from fakes.chat import ScriptedChat
from fakes.sandbox import ScriptedSandbox
from langgraph.types import Command
from small_world import DESIGN, edit, fenced, program, run_score, task, to, world

from graph.errors import BudgetSpent, ReplyUnusable

TREE = {"policy": "tree", "drafts": 3}
METHODS = ["By wavelets.", "By templates."]


def design(*methods: str) -> str:
    return json.dumps({**json.loads(DESIGN), "alternatives": methods})


def written(number: int, score: str) -> str:
    return f"IDEA: method {number}\n" + fenced(program(score).replace("P.", f"P{number}."))


def tree(more, iterations=2, methods=METHODS, first="0.5", **values):
    w = world({"design": design(*methods)} | more, first=first)
    w.task = task(iterations=iterations, search=TREE | values)
    return w


BOTH = {("write_draft", 0, "1"): written(2, "0.7"), ("write_draft", 0, "2"): written(3, "0.9")}


@pytest.mark.parametrize("style", ["modular", "whole"])
async def test_the_drafts_of_the_design_are_tried_without_asking_again(style):
    w = tree(BOTH | {"write_program": fenced(program("0.5"))}, style=style)
    end = await w.run()
    assert [(v.version, v.operator, v.idea, v.parent) for v in w.archive.saved] == [
        (1, "draft", "the first program", None),
        (2, "draft", "method 2", None),
        (3, "draft", "method 3", None),
    ]
    assert end["best"] == {"version": 3, "value": 0.9}
    assert end["drafts"] == {}
    assert not [key for key in w.chat.keys if key[0] == "draft"]
    first = w.chat.prompt("write_draft", 0, "1")
    assert "Yours works like this:\n\nBy wavelets.\n" in first
    assert "The first one works like this:\n\ns\n" in first
    assert "By templates." in w.chat.prompt("write_draft", 0, "2")
    assert "`alternatives`: 2 other methods" in w.chat.prompt("design")


async def test_they_are_written_beside_the_modules_of_the_first_program():
    begun, together = set[str](), asyncio.Event()

    class Meeting(ScriptedChat):
        async def ask(self, call, parse, tools=()):
            if call.node in ("write_module", "write_draft"):
                begun.add(f"{call.node} {call.item}")
                if len(begun) == 3:
                    together.set()
                # Whoever waited for another to end would wait here for good.
                await asyncio.wait_for(together.wait(), 10)
            return await super().ask(call, parse, tools)

    w = tree(BOTH)
    w.chat = Meeting(w.chat.script)
    await w.run()
    assert begun == {"write_module load", "write_draft 1", "write_draft 2"}


@pytest.mark.parametrize("methods", [[], ["By wavelets."]])
async def test_what_the_design_does_not_name_is_asked_for_later(methods):
    asked = {("draft", n, ""): written(n + 1, f"0.{n}") for n in (1, 2)}
    w = tree(BOTH | asked, methods=methods)
    await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft"] * 3
    assert [key for key in w.chat.keys if key[0] == "draft"] == [("draft", n, "") for n in range(1 + len(methods), 3)]


async def test_more_methods_than_drafts_are_left_alone():
    w = tree(BOTH, methods=[*METHODS, "By chance."])
    await w.run()
    assert len(w.archive.saved) == 3


@pytest.mark.parametrize("search", [{"policy": "linear"}, {"policy": "sample"}, {"policy": "tree", "drafts": 1}])
async def test_where_no_drafts_are_written_beside_it_the_design_is_not_asked_for_methods(search):
    w = world({"design": design(*METHODS)})
    w.task = task(iterations=0 if search["policy"] == "sample" else 1, search=search, ablation=["improvement"])
    await w.run()
    assert "alternatives" not in w.chat.prompt("design")
    assert not [key for key in w.chat.keys if key[0] == "write_draft"]


async def test_what_a_person_says_meanwhile_is_followed_by_a_draft_that_is_asked_for():
    w = tree(BOTH | {("draft", 1, ""): written(4, "0.8")})
    w.asks_person = True
    await w.run()
    await w.run(Command(resume={"action": "go", "instruction": "Mind the noise."}))
    assert "Mind the noise." in w.chat.prompt("draft", 1)
    await w.run(Command(resume={"action": "go"}))
    assert [v.idea for v in w.archive.saved] == ["the first program", "method 4", "method 2"]


@pytest.mark.parametrize("error", [BudgetSpent("no more"), ReplyUnusable("nothing in it")])
async def test_one_that_could_not_be_written_stops_nothing(error):
    class Refusing(ScriptedChat):
        async def ask(self, call, parse, tools=()):
            if (call.node, call.item) == ("write_draft", "1"):
                raise error
            return await super().ask(call, parse, tools)

    w = tree(BOTH | {("draft", 2, ""): written(4, "0.6")})
    w.chat = Refusing(w.chat.script)
    await w.run()
    assert [v.idea for v in w.archive.saved] == ["the first program", "method 3", "method 4"]


class Meeting(ScriptedSandbox):
    """The first programs wait for each other; and what was the most that ran at the same time."""

    def __init__(self, first):
        super().__init__(run_score)
        self.first, self.meeting, self.running, self.most = first, asyncio.Barrier(first), 0, 0

    async def run(self, program, limits):
        self.running += 1
        self.most = max(self.most, self.running)
        self.first -= 1
        if self.first >= 0:
            # Whoever had to wait for the end of another one would wait here for good.
            await asyncio.wait_for(self.meeting.wait(), 10)
        self.running -= 1
        return await super().run(program, limits)


def scores(w):
    return [(v.version, v.idea, v.validation and v.validation["f1"]) for v in w.archive.saved]


@pytest.mark.parametrize("at_once", [1, 2, 3, 9])
async def test_as_many_are_run_beside_the_first_program_as_may(at_once):
    w = tree(BOTH)
    w.at_once, w.sandbox = at_once, Meeting(min(at_once, 3))
    await w.run()
    assert scores(w) == [(1, "the first program", 0.5), (2, "method 2", 0.7), (3, "method 3", 0.9)]
    assert w.sandbox.most == min(at_once, 3)
    assert len(w.sandbox.programs) == 6, "each draft once; then the best on test, for its pace and by its document"


async def test_a_draft_that_was_run_beside_it_and_failed_is_repaired_in_its_turn():
    repaired = {("write_draft", 0, "1"): written(2, "crash"), ("debug", 1, "1"): to("crash", "0.95")}
    w = tree({**BOTH, **repaired})
    w.at_once = 3
    end = await w.run()
    assert end["best"] == {"version": 2, "value": 0.95}
    assert "ValueError: too short" in w.chat.prompt("debug", 1, "1")
    assert w.versions[2].repairs == 1


async def test_a_draft_that_reading_speaks_against_is_not_run_before_it_is_repaired():
    unnamed = written(2, "0.7").replace("load(SCORE)", "lode(SCORE)")
    fixed = edit("    print(parser.parse_args(), lode(SCORE))", "    print(parser.parse_args(), load(SCORE))")
    w = tree({**BOTH, ("write_draft", 0, "1"): unnamed, ("debug", 1, "1"): fixed})
    w.at_once = 3
    await w.run()
    assert [score for _, _, score in scores(w)] == [0.5, 0.7, 0.9]
    assert not [one for one in w.sandbox.programs if "lode" in one.source]


async def test_what_a_person_says_holds_for_a_draft_that_was_run_before():
    repairs = {("debug", 1, "1"): to("0.8", "0.81"), ("debug", 1, "2"): to("0.81", "0.82")}
    repairs |= {("debug", 2, "1"): to("0.7", "0.71"), ("debug", 2, "2"): to("0.71", "0.72")}
    w = tree(BOTH | repairs | {("draft", 1, ""): written(4, "0.8")}, iterations=3)
    w.at_once, w.asks_person = 3, True
    await w.run()
    await w.run(Command(resume={"action": "go", "instruction": "at most 40 MB"}))
    await w.run(Command(resume={"action": "go"}))
    assert "It ran, but it took 50 MiB of memory" in w.chat.prompt("debug", 2, "1")
    assert [v.status for v in w.archive.saved] == ["ok", "failed", "failed"]


async def test_a_first_program_that_is_repaired_has_each_draft_run_beside_it_once():
    w = tree(BOTH | {("debug", 0, "1"): to("crash", "0.5")}, first="crash")
    w.at_once = 3
    await w.run()
    ran = [re.findall('SCORE = "(.*)"', one.source)[0] for one in w.sandbox.programs]
    assert sorted(ran[:4]) == ["0.5", "0.7", "0.9", "crash"]
    assert ran[3] == "0.5"
    assert len(ran) == 7


async def test_a_draft_that_fails_is_repaired():
    w = tree({**BOTH, ("write_draft", 0, "1"): written(2, "crash"), ("debug", 1, "1"): to("crash", "0.95")})
    end = await w.run()
    assert end["best"] == {"version": 2, "value": 0.95}
    assert w.versions[2].repairs == 1
