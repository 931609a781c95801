"""The whole state machine, in memory: other ways to a first program, drafts and their branches, tuning."""

from collections import Counter

import pytest
from fakes.sandbox import crashed
from small_world import SCORING, edit, fenced, program, run_score, task, to, world


def whole(number: int, score: str) -> str:
    return f"IDEA: method {number}\n" + fenced(program(score, f"\n# {number}\n").replace("P.", f"P{number}."))


async def test_the_first_program_can_be_written_in_one_piece():
    w = world({"write_program": fenced(program("0.6"))})
    w.task = task(iterations=0, search={"style": "whole"})
    end = await w.run()
    assert [key[0] for key in w.chat.keys] == ["terms", "outline", "design", "write_program", "document"]
    assert end["best"] == {"version": 1, "value": 0.6}
    assert "`def load(path: str) -> str`: loads" in w.chat.prompt("write_program")


@pytest.mark.parametrize(
    ("without", "asked"),
    [
        (["knowledge"], ["outline", "design", "write_program", "document"]),
        (["outline"], ["terms", "design", "write_program", "document"]),
        (["design"], ["terms", "outline", "write_program", "document"]),
        (["knowledge", "outline", "design"], ["write_program", "document"]),
    ],
)
async def test_what_a_run_does_without_is_not_asked_for(without, asked):
    w = world({"write_program": fenced(program("0.6"))})
    w.task = task(iterations=0, search={"style": "whole"}, ablation=without)
    end = await w.run()
    assert [key[0] for key in w.chat.keys] == asked
    assert end["best"] == {"version": 1, "value": 0.6}
    heads = [line for line in w.chat.prompt("write_program").splitlines() if line in ("# The design", "# The outline")]
    assert heads == (
        ["# The design"] if "design" not in without else ["# The outline"] if "outline" not in without else []
    )


async def test_without_improvement_the_first_program_is_the_last():
    w = tunable(world())
    w.task = task(iterations=3, ablation=["improvement"])
    end = await w.run()
    assert (end["stopped_by"], [v.version for v in w.archive.saved]) == ("iterations", [1])


async def test_without_a_design_the_first_program_follows_what_was_said():
    w = world({"write_program": fenced(program("0.6"))})
    w.task = task(iterations=0, ablation=["design"])
    w.told.append("Use a median filter.")
    await w.run()
    assert "Use a median filter." in w.chat.prompt("write_program")


async def test_a_tree_writes_its_drafts_first_and_improves_the_best_branch():
    w = world(
        {
            ("draft", 1, ""): whole(2, "0.8"),
            ("draft", 2, ""): whole(3, "0.6"),
            ("improve", 3, ""): "IDEA: up\n" + to("0.8", "0.9"),
            ("improve", 4, ""): "IDEA: none",
        }
    )
    w.task = task(iterations=4, search={"policy": "tree", "drafts": 3})
    end = await w.run()
    assert [(v.version, v.parent, v.operator) for v in w.archive.saved] == [
        (1, None, "draft"),
        (2, None, "draft"),
        (3, None, "draft"),
        (4, 2, "improve"),
    ]
    assert end["best"] == {"version": 4, "value": 0.9}
    assert end["draft_alone"]["version"] == 2
    assert end["draft_alone"]["metrics"] == {"f1": 0.8}
    assert "version 1: the first program" in w.chat.prompt("draft", 1)
    assert "version 2: method 2 -> f1 0.8" in w.chat.prompt("draft", 2)


async def test_a_tree_ends_with_a_merge_of_two_branches():
    w = world(
        {
            ("draft", 1, ""): whole(2, "0.8"),
            ("improve", 2, ""): "IDEA: what the first one does\n" + to("0.8", "0.95"),
        }
    )
    w.task = task(iterations=2, search={"policy": "tree", "drafts": 2})
    end = await w.run()
    prompt = w.chat.prompt("improve", 2)
    assert "# The best program so far: version 2" in prompt
    assert "# The best program that goes back to another draft: version 1" in prompt
    assert prompt.index('SCORE = "0.8"') < prompt.index('SCORE = "0.5"')
    merged = w.versions[3]
    assert (merged.parent, merged.merged, merged.operator) == (2, 1, "merge")
    assert end["best"] == {"version": 3, "value": 0.95}


async def test_what_is_gone_on_from_though_another_is_ahead_is_said():
    script = {("draft", 1, ""): whole(2, "0.51"), ("draft", 2, ""): whole(3, "0.1")}
    script[("improve", 3, "")] = "IDEA: down\n" + to("0.51", "0.3")
    script[("improve", 4, "")] = "IDEA: none"
    w = world(script)
    w.task = task(iterations=5, search={"policy": "tree", "drafts": 3})
    await w.run()
    assert "The best program so far: version 2" in w.chat.prompt("improve", 3)
    assert "A promising program, though version 2 is ahead of it: version 1" in w.chat.prompt("improve", 4)


async def test_a_sample_is_drafts_alone():
    w = world({("draft", n, ""): whole(n + 1, f"0.{n + 5}") for n in (1, 2)})
    w.task = task(iterations=2, search={"policy": "sample"})
    end = await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft"] * 3
    assert end["best"]["version"] == end["draft_alone"]["version"] == 3


async def test_the_drafts_of_a_sample_know_nothing_of_each_other():
    w = tunable(world({("draft", n, ""): whole(n + 1, f"0.{n}") for n in (1, 2)}))
    w.task = task(iterations=2, search={"policy": "sample"})
    await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft"] * 3, "and none is tuned"
    assert w.chat.prompt("draft", 1) == w.chat.prompt("draft", 2)
    assert "What was tried" not in w.chat.prompt("draft", 1)


async def test_a_plateau_brings_another_draft():
    script = {("improve", n, ""): f"IDEA: {n}\n" + to("0.5", f"0.{n}") for n in (1, 2, 3)}
    w = world(script | {("draft", 4, ""): whole(5, "0.7")})
    w.task = task(iterations=4, search={"policy": "tree", "drafts": 1})
    end = await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft", "improve", "improve", "improve", "draft"]
    assert end["best"]["version"] == 5


async def test_a_draft_that_fails_is_repaired_like_any_other():
    w = world({("draft", 1, ""): whole(2, "crash"), ("debug", 1, "1"): to("crash", "0.9")})
    w.task = task(iterations=1, search={"policy": "sample"})
    end = await w.run()
    assert (w.versions[2].repairs, end["best"]["version"]) == (1, 2)


@pytest.mark.parametrize("useless", ["IDEA: none", fenced("x = 1"), "IDEA: words alone"])
async def test_a_draft_has_an_idea_and_a_program(useless):
    w = world({("draft", 1, ""): useless})
    w.task = task(iterations=1, search={"policy": "sample"})
    end = await w.run()
    assert (end["best"]["version"], end["stopped_by"]) == (1, "iterations")
    assert (w.versions[2].status, w.versions[2].operator, w.source(2)) == ("failed", "draft", "")


async def test_a_budget_that_is_spent_before_a_draft():
    w = world()
    w.task = task(iterations=5, search={"policy": "sample"})
    w.chat.most = 5
    end = await w.run()
    assert (end["stopped_by"], end["best"]["version"]) == ("budget", 1)


TUNABLE = edit('SCORE = "0.5"', 'SCORE = "0.6"  # tune: 0.2 | 0.6 | 0.9')


"""The world's programs score what stands there."""


def tunable(w):
    w.chat.script["integrate", 0, ""] = w.chat.script["integrate", 0, ""].replace('"0.5"', '"0.5"  # tune: 0.5 | 0.7')
    return w


async def test_the_best_program_is_tuned_without_a_call_and_scored_like_any_other():
    w = world({("improve", 1, ""): "IDEA: parameters\n" + TUNABLE})
    w.task = task(iterations=1)
    end = await w.run()
    assert [(v.version, v.parent, v.operator) for v in w.archive.saved] == [
        (1, None, "draft"),
        (2, 1, "improve"),
        (3, 2, "tune"),
    ]
    assert w.versions[3].idea == "SCORE 0.6 -> 0.9 (f1 on held-back halves of train 0.6 -> 0.9, 24 trials)"
    assert end["best"] == {"version": 3, "value": 0.9}
    assert end["stopped_by"] == "iterations"
    assert Counter(key[0] for key in w.chat.keys) == Counter(
        ["terms", "outline", "design", "write_module", "integrate", "improve", "document"]
    )
    assert "test" not in [split for split, _ in w.bench.scored[:-2]]


async def test_the_first_program_is_tuned_before_an_improvement_stands_on_it():
    w = tunable(world({("improve", 2, ""): "IDEA: none"}, iterations=5))
    end = await w.run()
    assert [(v.version, v.operator) for v in w.archive.saved] == [(1, "draft"), (2, "tune")]
    assert end["best"]["value"] == 0.7
    assert "- version 2, other values, from version 1: SCORE 0.5 -> 0.7" in w.chat.prompt("improve", 2)
    assert "not propose other values" in w.chat.prompt("improve", 2)


async def test_tuning_takes_no_improvement_away():
    ideas = {n: edit("import argparse", f"import argparse\n\nN{n} = {n}") for n in (2, 3)}
    w = tunable(world({("improve", n, ""): f"IDEA: {n}\n{change}" for n, change in ideas.items()}, iterations=2))
    await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft", "tune", "improve", "improve"]


async def test_what_tuning_breaks_is_not_repaired():
    w = tunable(world(iterations=0))

    def breaks(given):
        is_other = "validation" in str(given.inputs) and 'SCORE = "0.5"' not in given.source
        return crashed("ValueError") if is_other else run_score(given)

    w.sandbox.outcome = breaks
    end = await w.run()
    assert (w.versions[2].status, w.versions[2].repairs) == ("failed", 0)
    assert end["best"]["version"] == 1


@pytest.mark.parametrize(
    "more", [{"tuning": 0}, {"scoring": None}, {"scoring": SCORING.model_copy(update={"target": 0.4})}]
)
async def test_it_is_not_tuned_where_that_is_not_wanted(more):
    w = tunable(world(iterations=0))
    w.task = task(iterations=0, **more)
    await w.run()
    assert len(w.archive.saved) == 1
    assert "fold1" not in w.bench.asked
