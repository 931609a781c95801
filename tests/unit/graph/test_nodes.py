"""Each node by itself: what it asks, what it returns."""

import json
from dataclasses import replace

import pytest
from fakes.archive import MemoryArchive
from fakes.bench import UNITS, ScriptedBench
from fakes.chat import ScriptedChat
from fakes.library import MemoryLibrary
from fakes.sandbox import ENDED_WELL, ScriptedSandbox, crashed, predicted
from langgraph.types import Overwrite
from small_world import DESIGN, MANUAL, MODULE, World, edit, fenced, glue, program, state, task, to

from graph.candidates import first_candidate
from graph.citations import keep, kept
from graph.errors import ReplyUnusable
from graph.executions import shown_output
from graph.ideas import read_idea
from graph.nodes.check import check
from graph.nodes.debug import debug
from graph.nodes.design import design
from graph.nodes.document import document
from graph.nodes.evaluate import evaluate
from graph.nodes.execute import execute
from graph.nodes.improve import improve
from graph.nodes.integrate import integrate
from graph.nodes.outline import outline
from graph.nodes.search import search
from graph.nodes.select import select
from graph.nodes.terms import terms
from graph.nodes.verify import verify
from graph.nodes.write_module import write_module
from graph.ports import Hit, Passage
from graph.quality import Finding
from graph.values import Version


def asking(script=None, **values) -> World:
    return World(ScriptedChat(script or {}), **values)


def candidate(w: World, source: str, **values):
    return {**first_candidate(w.context.keep(source)), **values}


def archived(w: World, *scores: float, **values) -> World:
    for number, score in enumerate(scores, 1):
        units = {unit: {"f1": score, "n": 1.0} for unit in UNITS}
        w.archive.versions[number] = Version(
            **{
                "version": number,
                "parent": None,
                "idea": f"idea {number}",
                "source": w.context.keep(program(str(score))),
                "status": "ok",
                "validation": {"f1": score},
                "units": w.context.keep(json.dumps(units)),
            }
            | values
        )
    return w


async def test_terms_are_distinct_and_at_most_five():
    reply = json.dumps({"terms": [{"term": f" T{n % 7} ", "meaning": f"m{n}"} for n in range(9)]})
    w = asking({"terms": f"```json\n{reply}\n```"})
    assert await terms(state(), w.runtime) == {"terms": ["T0: m0", "T1: m1", "T2: m2", "T3: m3", "T4: m4"]}


async def test_what_the_user_gave_is_kept_without_a_question():
    w = asking(library=MemoryLibrary({"a": ["d1", "d2"]}))
    found = await search({"term": "a"}, w.runtime)
    assert found["documents"] == ["d1", "d2"]
    assert {row["reason"] for row in json.loads(w.context.text(found["looked_up"][0]))} == {"given with the task"}


def web(w: World, *titles: str) -> None:
    """What a search for `a` finds: one of the user's own, and pages of the web."""
    texts = [w.context.keep(json.dumps({"title": t, "source": t, "text": f"About {t}. " * 500})) for t in titles]
    w.library.hits["a: b"] = [
        Hit(text, title, title, own=not title.startswith("http")) for text, title in zip(texts, titles, strict=True)
    ]


async def test_pages_of_the_web_are_judged_for_this_task_and_the_reason_is_kept():
    reply = {"pages": [{"number": 2, "keep": False, "reason": "a  band"}, {"number": 1, "keep": True, "reason": "yes"}]}
    w = asking({("search", 0, "a: b"): json.dumps(reply)})
    web(w, "mine.md", "http://one", "http://two")
    found = await search({"term": "a: b"}, w.runtime)
    rows = json.loads(w.context.text(found["looked_up"][0]))
    assert [(row["source"], row["kept"], row["reason"]) for row in rows] == [
        ("mine.md", True, "given with the task"),
        ("http://one", True, "yes"),
        ("http://two", False, "a band"),
    ]
    assert len(found["documents"]) == 2
    prompt = w.chat.prompt("search", item="a: b")
    assert "mine.md" not in prompt
    assert "Page 2: http://two" in prompt
    assert len(prompt) < 4000


@pytest.mark.parametrize("reply", ["no", '{"pages": [{"number": 1, "keep": true}]}', '{"pages": []}'])
async def test_a_judgement_of_no_use_keeps_all(reply: str):
    w = asking({("search", 0, "a: b"): reply})
    web(w, "http://one", "http://two")
    found = await search({"term": "a: b"}, w.runtime)
    assert len(found["documents"]) == 2
    assert "not judged" in w.context.text(found["looked_up"][0])


async def test_outline_is_given_what_was_found_for_the_task_and_its_terms():
    library = MemoryLibrary(passages=[Passage("p1", "A title", "https://example.org", "A passage.")])
    w = asking({"outline": " The outline. "}, library=library)
    found = await outline(state(terms=["a", "b"], documents=["d"]), w.runtime)
    assert w.context.text(found["outline"]) == "The outline."
    assert library.queries == [(["d"], "Find the peaks. a b")]
    assert "[p1] A title (https://example.org)\nA passage." in w.chat.prompt("outline")


async def test_design_starts_with_no_module_of_an_older_one():
    w = asking({"design": DESIGN})
    found = await design(state(outline=w.context.keep("The outline.")), w.runtime)
    assert found["module_names"] == ["load"]
    assert found["modules"] == Overwrite({})
    assert json.loads(w.context.text(found["design"]))["summary"] == "s"
    assert "The outline." in w.chat.prompt("design")


RESTING = DESIGN.replace('"does"', '"rests_on": ["[aaaaaa]"], "does"', 1)
SHOWN = Passage("aaaaaa", "Paper: a part", "http://paper", "A passage.")


async def test_a_design_names_the_passages_it_rests_on_and_its_functions_are_given_them():
    w = asking({"design": RESTING}, library=MemoryLibrary(passages=[SHOWN]))
    found = await design(state(outline=w.context.keep("The outline.")), w.runtime)
    assert "[aaaaaa] Paper: a part" in w.chat.prompt("design")
    assert kept(w.context, found["cited"]["load"]) == [SHOWN]
    w = replace(w, library=MemoryLibrary(), chat=ScriptedChat({("write_module", 0, "load"): fenced(MODULE)}))
    given = {
        "module": "load",
        "design_reference": w.context.keep(DESIGN),
        "found": [],
        "cited": keep(w.context, [SHOWN]),
    }
    await write_module(given, w.runtime)
    assert "A passage." in w.chat.prompt("write_module", item="load")


async def test_a_design_that_rests_on_what_was_never_shown_is_refused():
    w = asking({"design": RESTING.replace("aaaaaa", "bbbbbb")}, library=MemoryLibrary(passages=[SHOWN]))
    with pytest.raises(ReplyUnusable, match=r"load rests on \[bbbbbb\], and there is no such passage"):
        await design(state(outline=w.context.keep("The outline.")), w.runtime)


async def test_write_module_returns_its_own_source_only():
    w = asking({("write_module", 0, "load"): fenced(MODULE)})
    given = {"module": "load", "design_reference": w.context.keep(DESIGN), "found": ["d"], "cited": ""}
    found = await write_module(given, w.runtime)
    assert {name: w.context.text(reference) for name, reference in found["modules"].items()} == {"load": MODULE}
    assert w.library.queries == [(["d"], "load loads")]


async def test_write_module_refuses_another_function():
    w = asking({("write_module", 0, "load"): fenced("def read(path):\n    return path\n")})
    with pytest.raises(ReplyUnusable, match="does not define the function load"):
        await write_module(
            {"module": "load", "design_reference": w.context.keep(DESIGN), "found": [], "cited": ""}, w.runtime
        )


async def test_integrate_makes_the_first_candidate():
    w = asking({"integrate": fenced(glue("0.5"))})
    found = await integrate(state(design=w.context.keep(DESIGN), modules={"load": w.context.keep(MODULE)}), w.runtime)
    source = w.context.text(found["candidate"]["source"])
    assert source.endswith('if __name__ == "__main__":\n    main()\n')
    assert source.index("SCORE =") < source.index("def load") < source.index("def main")
    assert (found["candidate"]["version"], found["candidate"]["parent"], found["iteration"]) == (1, None, 0)


async def test_check_lets_a_good_program_through():
    w = asking()
    one = candidate(w, program("0.5"))
    assert await check(state(candidate=one), w.runtime) == {"candidate": one | {"quality": None}, "run_ahead": []}


async def test_check_tells_what_it_found():
    w = asking()
    found = (await check(state(candidate=candidate(w, program("0.5", "print(x)\n"))), w.runtime))["candidate"]
    assert "- line 21: undefined name x" in w.context.text(found["problem"])
    assert w.said == [{"note": "v1: line 21: undefined name x"}]


async def test_check_leaves_a_problem_that_is_known():
    w = asking()
    assert await check(state(candidate=candidate(w, "x = (", problem="p")), w.runtime) == {}


async def test_check_minds_the_size_that_the_task_allows():
    w = asking(task=task(constraints={"max_program_kb": 0.2}))
    found = await check(state(candidate=candidate(w, program("0.5"))), w.runtime)
    assert "the task allows 0.2" in w.context.text(found["candidate"]["problem"])


@pytest.mark.parametrize(
    ("result", "problem"),
    [(predicted(b"0.5"), ""), (crashed("KeyError: 1"), "KeyError: 1"), (ENDED_WELL, "left no OUTPUT/predictions.csv")],
)
async def test_execute_runs_on_validation(result, problem):
    w = asking(sandbox=ScriptedSandbox(lambda _: result))
    found = (await execute(state(candidate=candidate(w, "s", execution=None)), w.runtime))["candidate"]
    assert problem in (w.context.text(found["problem"]) if found["problem"] else "")
    assert bool(problem) == bool(found["problem"])
    assert found["execution"]["seconds"] == 1.0
    assert w.bench.asked == ["validation"]


EXECUTION = {"output": "", "predictions": "p", "claim": {}, "seconds": 1.0, "peak_memory_mb": 1.0}


@pytest.mark.parametrize("wants_whole", [True, False])
@pytest.mark.parametrize("reply", [to("0.5", "0.6"), fenced(program("0.6"))])
async def test_debug_takes_edits_and_whole_programs(reply, wants_whole):
    w = asking({("debug", 2, "2"): reply})
    one = candidate(w, program("0.5"), repairs=1, wants_whole=wants_whole, execution=EXECUTION)
    one["problem"] = w.context.keep("It fails.")
    found = (await debug(state(candidate=one, iteration=2), w.runtime))["candidate"]
    assert w.context.text(found["source"]) == program("0.6")
    assert (found["repairs"], found["problem"], found["wants_whole"], found["execution"]) == (2, "", False, None)
    assert ("whole repaired program" in w.chat.prompt("debug", 2, "2")) == wants_whole


async def test_debug_keeps_the_program_when_the_edits_do_not_fit():
    w = asking({("debug", 0, "1"): edit("not there", "x")})
    one = candidate(w, program("0.5"), problem=w.context.keep("It fails."), execution=EXECUTION)
    found = (await debug(state(candidate=one), w.runtime))["candidate"]
    assert (found["source"], found["repairs"], found["wants_whole"]) == (one["source"], 1, True)
    assert found["execution"] == EXECUTION, "it is still what this program left"
    text = w.context.text(found["problem"])
    assert text.startswith("It fails.\n\nThe last answer: edit 1 of 1 did not apply")
    assert edit("not there", "x").strip() in text


async def test_evaluate_archives_what_was_measured():
    w = archived(asking(task=task(iterations=3)), 0.5)
    ran = EXECUTION | {"predictions": w.artifacts.put(b"0.7"), "claim": {"f1": 0.99}}
    one = candidate(w, program("0.7"), version=2, parent=1, idea="up", repairs=1, execution=ran)
    found = await evaluate(state(candidate=one, iteration=1, instruction="x"), w.runtime)
    assert found == {
        "candidate": None,
        "best": {"version": 2, "value": 0.7},
        "instruction": "",
        "instructions": [],
        "rules": [],
        "said": [],
        "heard": 0,
        "following": "improve",
        "stopped_by": "",
    }
    kept = w.versions[2]
    assert (kept.status, kept.validation, kept.claim, kept.parent) == ("ok", {"f1": 0.7}, {"f1": 0.99}, 1)
    assert '+SCORE = "0.7"' in w.context.text(kept.diff)
    assert json.loads(w.context.text(kept.units)) == {unit: {"f1": 0.7} for unit in UNITS}
    assert w.said == [{"version": kept.as_json(), "best": 2}]


async def test_evaluate_sends_invalid_predictions_back_and_archives_nothing():
    w = asking()
    one = candidate(w, program("0.5"), execution=EXECUTION | {"predictions": w.artifacts.put(b"oops")})
    found = await evaluate(state(candidate=one), w.runtime)
    assert list(found) == ["candidate"]
    assert "cannot be scored" in w.context.text(found["candidate"]["problem"])
    assert w.versions == {}


async def test_evaluate_scores_nothing_that_failed():
    w = asking()
    ran = EXECUTION | {"predictions": w.artifacts.put(b"0.9"), "claim": {"f1": 1.0}}
    one = candidate(w, program("0.9"), problem=w.context.keep("It fails."), repairs=3, execution=ran)
    found = await evaluate(state(candidate=one), w.runtime)
    assert found["best"] is None
    assert (w.versions[1].status, w.versions[1].problem, w.versions[1].validation) == ("failed", "It fails.", None)
    assert w.bench.scored == []


@pytest.mark.parametrize(
    ("iterations", "target", "iteration", "expected"),
    [(3, None, 1, ""), (3, None, 3, "iterations"), (0, None, 0, "iterations"), (3, 0.7, 1, "target"), (3, 0.8, 1, "")],
)
async def test_evaluate_says_why_to_stop(iterations, target, iteration, expected):
    scoring = {"scorer": "regression", "metric": "f1", "direction": "maximize", "target": target}
    w = asking(task=task(iterations=iterations, scoring=scoring))
    one = candidate(w, program("0.7"), execution=EXECUTION | {"predictions": w.artifacts.put(b"0.7")})
    assert (await evaluate(state(candidate=one, iteration=iteration), w.runtime))["stopped_by"] == expected


async def test_improve_changes_the_best_and_is_told_its_numbers():
    w = archived(asking({("improve", 3, ""): "**IDEA:** a filter\n\n" + to("0.9", "0.95")}), 0.5, 0.9, 0.3)
    found = await improve(state(iteration=2, instruction="Mind the noise."), w.runtime)
    one = found["candidate"]
    assert (found["iteration"], one["version"], one["parent"], one["idea"]) == (3, 4, 2, "a filter")
    assert w.context.text(one["source"]) == program("0.95")
    prompt = w.chat.prompt("improve", 3)
    for told in ("version 2", "f1 0.9", "- a: f1 0.9, n 1", "Mind the noise.", "- version 3: idea 3 -> f1 0.3"):
        assert told in prompt


async def test_improve_asks_again_for_a_change_that_changes_nothing():
    w = archived(asking({("improve", 1, ""): "IDEA: a filter\n" + to("0.5", "0.5")}), 0.5)
    one = (await improve(state(), w.runtime))["candidate"]
    assert one["wants_whole"]
    assert "leaves the program as it was" in w.context.text(one["problem"])


@pytest.mark.parametrize(("stderr", "shown"), [("e" * 10, True), ("e" * 3000, False)])
async def test_improve_is_told_what_the_best_printed_with_its_fences_whole(stderr, shown):
    output = shown_output(replace(ENDED_WELL, stderr=stderr, stdout="o" * 1400))
    w = archived(asking({("improve", 1, ""): "IDEA: none"}), 0.5)
    w.archive.versions[1] = replace(w.versions[1], output=w.context.keep(output))
    await improve(state(), w.runtime)
    prompt = w.chat.prompt("improve", 1)
    assert "stdout:\n\n```text\n" + "o" * 1400 in prompt
    assert ("stderr:" in prompt) == shown
    assert prompt.count("\n```") % 2 == 0


async def test_improve_goes_on_from_the_last_when_all_failed():
    w = archived(
        asking({("improve", 2, ""): "IDEA: a filter\n" + to("0.6", "0.7")}), 0.5, 0.6, status="failed", units=""
    )
    one = (await improve(state(iteration=1), w.runtime))["candidate"]
    assert one["parent"] == 2
    assert "none works as it should so far" in w.chat.prompt("improve", 2)


async def test_improve_without_an_idea_stops():
    w = archived(asking({("improve", 1, ""): "IDEA: none"}), 0.5)
    assert await improve(state(), w.runtime) == {"iteration": 1, "stopped_by": "ideas"}


@pytest.mark.parametrize("reply", ["IDEA: a filter", "IDEA: a filter\n```json\n{}\n```"])
async def test_improve_wants_a_change_with_the_idea(reply):
    w = archived(asking({("improve", 1, ""): reply}), 0.5)
    lost = (await improve(state(), w.runtime))["candidate"]
    assert (lost["parent"], lost["source"], lost["given_up"]) == (1, w.versions[1].source, True)


@pytest.mark.parametrize(
    ("reply", "idea"),
    [
        ("IDEA: a filter", "a filter"),
        ("Well.\n\n**IDEA:** a *band* filter**\n", "a *band* filter"),
        ("## Idea: a filter", "a filter"),
        ("IDEA:\na filter", "a filter"),
        ("IDEA: " + "x" * 600, "x" * 500),
        ("IDEA: none-linear scaling", "none-linear scaling"),
        ("IDEA: nonesuch", "nonesuch"),
        ("IDEA: none", None),
        ("IDEA: **None.**", None),
        ("IDEA: `none`", None),
        ("IDEA: none, it is as good as it gets", None),
        ("IDEA: none (all tried)", None),
        ("IDEA: None - all tried", None),
    ],
)
def test_read_idea(reply, idea):
    assert read_idea(reply) == idea


@pytest.mark.parametrize("reply", ["", "a filter", "My IDEA: a filter", "\n" * 200_000])
def test_no_idea_line(reply):
    with pytest.raises(ReplyUnusable, match="IDEA"):
        read_idea(reply)


async def test_select_takes_the_best_or_nothing():
    w = archived(asking(), 0.5, 0.9, 0.7)
    assert await select(state(), w.runtime) == {"best": {"version": 2, "value": 0.9}}
    assert await select(state(), asking().runtime) == {"best": None}


async def test_verify_scores_on_test():
    w = archived(asking(), 0.5)
    found = (await verify(state(), w.runtime))["test"]
    assert found["metrics"] == {"f1": 0.5}
    assert w.artifacts.get(found["predictions"]) == b"0.5"
    assert w.bench.asked == ["test", "validation"], "for its pace it is run on validation"


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        (crashed("KeyError: 1"), "exit code 1: KeyError: 1"),
        (ENDED_WELL, "wrote no predictions.csv"),
        (predicted(b"oops"), "line 1: 'oops' is no number"),
    ],
)
async def test_verify_tells_what_went_wrong(result, problem):
    w = archived(asking(sandbox=ScriptedSandbox(lambda _: result)), 0.5)
    assert (await verify(state(), w.runtime))["test"] == {"problem": problem}


async def test_verify_runs_nothing_where_nothing_is_measured_or_chosen():
    claimed = archived(asking(bench=ScriptedBench(measured=False)), 0.5)
    nothing = asking(archive=MemoryArchive())
    for w in (claimed, nothing):
        assert await verify(state(), w.runtime) == {"test": None}
        assert w.sandbox.programs == []


async def test_document_runs_its_commands():
    w = archived(asking({("document", 0, "1"): MANUAL}), 0.5)
    found = await document(state(), w.runtime)
    assert w.context.text(found["document"]) == MANUAL
    (given,) = w.sandbox.programs
    assert (given.arguments, w.bench.asked) == (("-i", "{input}", "-o", "{output}"), ["validation"])


async def test_document_is_asked_once_more_when_a_command_fails():
    fast = MANUAL.replace("-o results", "-o results --fast")
    w = archived(asking({("document", 0, "1"): fast, ("document", 0, "2"): MANUAL}), 0.5)
    w.sandbox.outcome = lambda given: crashed("no such option: --fast") if "--fast" in given.arguments else ENDED_WELL
    found = await document(state(), w.runtime)
    assert w.context.text(found["document"]) == MANUAL
    assert "--fast` failed: no such option: --fast" in w.chat.prompt("document", item="2")


async def test_document_says_so_when_commands_keep_failing():
    w = archived(asking({("document", 0, n): MANUAL for n in "12"}), 0.5)
    w.sandbox.outcome = lambda _: crashed("")
    text = w.context.text((await document(state(), w.runtime))["document"])
    assert text.startswith("> The commands below were run and did not all work: `python program.py")
    assert "failed: exit code 1" in text
    assert len(w.chat.calls) == 2


async def test_a_document_that_cannot_be_used_does_not_cost_the_program():
    w = archived(asking({("document", 0, "1"): "no headings"}), 0.5)
    assert await document(state(), w.runtime) == {"document": ""}
    assert w.said[0]["note"].startswith("no document: ")


async def test_nothing_is_documented_when_nothing_was_chosen():
    assert await document(state(), asking().runtime) == {"document": ""}


async def test_a_dangerous_program_goes_to_repair_and_others_are_counted():
    class Strict:
        async def read(self, source):
            return [Finding("S307", 3, "eval")] if "eval" in source else [Finding("F401", 1, "unused")]

    w = asking(critic=Strict())
    one = candidate(w, program("0.7").replace("path.strip()", "eval(path)"))
    found = await check(state(candidate=one), w.runtime)
    assert "line 3: eval (S307)" in w.context.text(found["candidate"]["problem"])
    fine = candidate(w, program("0.7"), execution=EXECUTION | {"predictions": w.artifacts.put(b"0.7")})
    read = (await check(state(candidate=fine), w.runtime))["candidate"]
    assert read["problem"] == ""
    await evaluate(state(candidate=read), w.runtime)
    assert w.versions[1].quality == {"bugs": 1, "security": 0, "smells": 0, "complexity": 0}
