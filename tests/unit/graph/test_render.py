import re
from pathlib import Path

import jinja2
import pytest
from fakes.bench import ScriptedBench
from small_world import task, world

import graph
from graph.design import Design
from graph.ports import Passage
from graph.render import briefing, render
from graph.values import Version
from sandbox.environment import Package, base_environment

SOURCE = "def f(x):\n    return x\n"
PROMPTS = Path(graph.__path__[0]) / "prompts"
DESIGN = Design.model_validate(
    {
        "summary": "s",
        "modules": [{"signature": "def f(x)", "does": "d"}, {"signature": "def g(x)", "does": "e"}],
        "main": "m",
    }
)
PASSAGES = [Passage(name, "title", "https://example.org", "words") for name in ("p1", "p2")]
VERSION = Version(version=2, parent=1, idea="an idea", source="s", status="ok", claim={"f1": 0.9})
FAILED = Version(version=2, parent=None, idea="an idea", source="s", status="failed", problem="it failed")
NUMBERS = {"validation": "f1 0.5", "units": [("a", "f1 0.1"), ("b", "f1 0.2")], "claim": "f1 0.9", "output": "done"}
TRIED = [
    {
        "version": 1,
        "parent": None,
        "idea": "x",
        "status": "ok",
        "problem": "",
        "shown": "f1 0.5",
        "verdict": "",
        "operator": "",
    }
]
TRIED += [TRIED[0] | {"version": 2, "parent": 1, "status": "failed", "problem": "p"}, TRIED[0] | {"shown": ""}]
TRIED += [TRIED[0] | {"version": 3, "parent": 1, "verdict": "better than version 1"}]
FULL = {
    "source": SOURCE,
    "parent": VERSION,
    "leading": 2,
    "versions": TRIED,
    "instruction": "i",
    "passages": PASSAGES,
    "used_time": 50,
}
BARE = {**FULL, "parent": FAILED, "versions": [], "instruction": "", "passages": [], "used_time": 0}
MERGE = {key: FULL[key] for key in FULL if key != "leading"} | {
    "units": [("a", "f1 0.1")],
    "shown": "f1 0.7",
    "rival": VERSION,
    "rival_source": SOURCE,
    "rival_shown": "f1 0.5",
    "rival_units": [("b", "f1 0.2")],
}
VALUES = {
    "simplify": [{"source": SOURCE, "smells": ["line 1: too long"]}],
    "terms": [{}],
    "outline": [{"passages": PASSAGES}, {"passages": []}],
    "design": [
        {"outline": "o", "passages": PASSAGES, "instruction": "i", "whole": False, "alternatives": 2},
        *(
            {"outline": o, "passages": [], "instruction": "", "whole": o == "", "alternatives": number}
            for o, number in (("o", 0), ("", 1))
        ),
    ],
    "write_module": [{"design": DESIGN, "module": DESIGN.modules[0], "passages": p} for p in (PASSAGES, [])],
    "integrate": [{"design": DESIGN, "modules": "def f(x):\n    return x\n"}],
    "write_program": [
        {"design": "", "outline": "o", "passages": PASSAGES, "instruction": "i"},
        *({"design": d, "outline": o, "passages": [], "instruction": ""} for d, o in ((DESIGN, "o"), ("", ""))),
    ],
    "write_draft": [
        {"summary": "s", "method": "m", "instruction": "i", "passages": PASSAGES},
        {"summary": "s", "method": "m", "instruction": "", "passages": []},
    ],
    "draft": [
        {"versions": TRIED, "methods": ["m"], "alone": False, "instruction": "i", "passages": PASSAGES},
        {"versions": [], "methods": [], "alone": True, "instruction": "", "passages": []},
    ],
    "debug": [
        {"source": SOURCE, "problem": "p", "wants_whole": whole, "passages": PASSAGES, "instruction": said}
        for whole, said in ((True, "i"), (False, ""))
    ],
    "merge": [
        MERGE,
        MERGE | {"units": [], "rival_units": [], "instruction": "", "passages": [], "versions": [], "used_time": 0},
    ],
    "improve": [FULL | NUMBERS, BARE | dict.fromkeys(NUMBERS, "") | {"units": []}],
    "search": [{"term": "a term: a meaning", "pages": [("title", "https://example.org", "words")]}],
    "document": [{"source": SOURCE, "problem": problem} for problem in ("", "p")],
}
TASKS = [
    task(),
    task(remarks="Mind it.", scoring={"scorer": "r_peaks", "metric": "f1", "direction": "maximize", "target": 0.9}),
    task(scoring=None, constraints={"max_program_kb": 10}),
    task(constraints={"max_seconds_per_unit": 0.5, "platform": "raspberry-pi-4"}),
]
CASES = [(name, values) for name, many in VALUES.items() for values in many]


def test_every_template_is_here():
    assert {path.stem for path in PROMPTS.glob("*.md")} == {*VALUES, "system"}


@pytest.mark.parametrize("measured", [True, False])
@pytest.mark.parametrize(("name", "values"), CASES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(CASES)])
async def test_every_template_renders(name, values, measured):
    for given in TASKS:
        w = world(bench=ScriptedBench(measured=measured))
        w.task = given
        text = render(name, **await briefing(w.context), **values)
        # `terms`, `search` and `write_module` are not told what the whole program has to keep to.
        assert ("`labelled/`" in text) == (measured and name not in ("terms", "search", "write_module"))
        assert not re.search(r"\n[ \t]*\n[ \t]*\n[ \t]*\n", text), "three blank lines in a row"
        assert not re.search(r"\{[{%]|[%}]\}|Undefined|\bNone\b", text)


@pytest.mark.parametrize(
    ("name", "missing"), [(name, missing) for name, (values, *_) in VALUES.items() for missing in values]
)
async def test_each_missing_variable_is_an_error(name, missing):
    values = {key: value for key, value in VALUES[name][0].items() if key != missing}
    with pytest.raises(jinja2.UndefinedError, match=missing):
        render(name, **await briefing(world().context), **values)


async def test_a_text_with_template_marks_stays_as_it_is():
    text = render(
        "debug",
        **await briefing(world().context),
        source="x = '{{ y }} {% if %}'\n",
        problem="{{ z }}",
        wants_whole=False,
        passages=[],
        instruction="",
    )
    assert "x = '{{ y }} {% if %}'" in text
    assert "{{ z }}" in text


async def test_the_briefing_names_packages_with_their_versions():
    assert re.search(r"numpy==\d", (await briefing(world().context))["packages"])


async def test_the_briefing_names_what_the_task_asks_for_beyond_them():
    w = world()
    w.sandbox.environment = base_environment().with_packages([Package("torch", "2.13.0+cpu", ("torch",))])
    assert (await briefing(w.context))["packages"].endswith(", torch==2.13.0")


async def test_a_platform_and_a_time_for_each_unit_are_told():
    w = world()
    w.task = task(constraints={"max_seconds_per_unit": 0.5, "platform": "jetson-nano"})
    text = render("integrate", **await briefing(w.context), **VALUES["integrate"][0])
    assert "For each recording in `unlabelled/` it may take 0.5 s on average" in text
    assert "It is meant for a Jetson Nano with 4 GB of memory" in text
