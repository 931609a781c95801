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
TRIED = [{"version": 1, "parent": None, "idea": "x", "status": "ok", "problem": "", "shown": "f1 0.5"}]
TRIED += [TRIED[0] | {"version": 2, "parent": 1, "status": "failed", "problem": "p"}, TRIED[0] | {"shown": ""}]
FULL = {
    "source": SOURCE,
    "parent": VERSION,
    "versions": TRIED,
    "instruction": "i",
    "passages": PASSAGES,
    "used_time": 50,
}
BARE = {**FULL, "parent": FAILED, "versions": [], "instruction": "", "passages": [], "used_time": 0}
VALUES = {
    "terms": [{}],
    "outline": [{"passages": PASSAGES}, {"passages": []}],
    "design": [
        {"outline": "o", "passages": PASSAGES, "instruction": "i"},
        {"outline": "o", "passages": [], "instruction": ""},
    ],
    "write_module": [{"design": DESIGN, "module": DESIGN.modules[0], "passages": p} for p in (PASSAGES, [])],
    "integrate": [{"design": DESIGN, "modules": "def f(x):\n    return x\n"}],
    "debug": [{"source": SOURCE, "problem": "p", "wants_whole": whole} for whole in (True, False)],
    "improve": [FULL | NUMBERS, BARE | dict.fromkeys(NUMBERS, "") | {"units": []}],
    "document": [{"source": SOURCE, "problem": problem} for problem in ("", "p")],
}
TASKS = [
    task(),
    task(remarks="Mind it.", scoring={"scorer": "r_peaks", "metric": "f1", "direction": "maximize", "target": 0.9}),
    task(scoring=None, constraints={"max_program_kb": 10}),
]
CASES = [(name, values) for name, many in VALUES.items() for values in many]


def test_every_template_is_here():
    assert {path.stem for path in PROMPTS.glob("*.md")} == {*VALUES, "system"}


@pytest.mark.parametrize("measured", [True, False])
@pytest.mark.parametrize(("name", "values"), CASES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(CASES)])
def test_every_template_renders(name, values, measured):
    for given in TASKS:
        w = world(bench=ScriptedBench(measured=measured))
        w.task = given
        text = render(name, **briefing(w.context), **values)
        # `terms` and `write_module` are not told what the whole program has to keep to.
        assert ("`labelled/`" in text) == (measured and name not in ("terms", "write_module"))
        assert not re.search(r"\n[ \t]*\n[ \t]*\n[ \t]*\n", text), "three blank lines in a row"
        assert not re.search(r"\{[{%]|[%}]\}|Undefined|\bNone\b", text)


@pytest.mark.parametrize(
    ("name", "missing"), [(name, missing) for name, (values, *_) in VALUES.items() for missing in values]
)
def test_each_missing_variable_is_an_error(name, missing):
    values = {key: value for key, value in VALUES[name][0].items() if key != missing}
    with pytest.raises(jinja2.UndefinedError, match=missing):
        render(name, **briefing(world().context), **values)


def test_a_text_with_template_marks_stays_as_it_is():
    text = render(
        "debug", **briefing(world().context), source="x = '{{ y }} {% if %}'\n", problem="{{ z }}", wants_whole=False
    )
    assert "x = '{{ y }} {% if %}'" in text
    assert "{{ z }}" in text


def test_the_briefing_names_packages_with_their_versions():
    assert re.search(r"numpy==\d", briefing(world().context)["packages"])


def test_the_briefing_names_what_the_task_asks_for_beyond_them():
    w = world()
    w.sandbox.environment = base_environment().with_packages([Package("torch", "2.13.0+cpu", ("torch",))])
    assert briefing(w.context)["packages"].endswith(", torch==2.13.0")
