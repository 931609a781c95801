import json
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.bench import ScriptedBench
from fakes.chat import ScriptedChat
from fakes.library import MemoryLibrary
from fakes.sandbox import ScriptedSandbox
from small_world import World

from graph.ports import Hit, Passage
from graph.tools.packages import SOURCE
from graph.tools.toolbox import NOTHING, Toolbox

LONG = Passage("bbbbbb", "Long", "http://b", "x" * 3000)
SHORT = Passage("aaaaaa", "Paper", "http://a", "An R peak is sharp.")


def box(**values) -> Toolbox:
    return Toolbox(World(ScriptedChat({}), **values).context, ["d"])


async def test_what_a_tool_shows_may_be_named_and_has_a_budget() -> None:
    library = MemoryLibrary(passages=[LONG, SHORT])
    library.hits["R peak: of a beat"] = [Hit("r1", "t", "http://a", own=False)]
    tools = box(library=library)
    assert await tools.search_web({"term": " R peak:  of a beat "}) == "[aaaaaa] Paper (http://a)\nAn R peak is sharp."
    assert library.queries == [(["r1"], "R peak: of a beat")]
    assert await tools.search_knowledge({"query": "sharp"}) == "[aaaaaa] Paper (http://a)\nAn R peak is sharp."
    assert library.queries[-1] == (["d"], "sharp")
    assert set(tools.shown) == {"aaaaaa"}


@pytest.mark.parametrize("arguments", [{}, {"term": ""}, {"query": " "}, {"other": 1}])
async def test_a_question_without_words_finds_nothing(arguments) -> None:
    tools = box(library=MemoryLibrary(passages=[SHORT]))
    assert await tools.search_web(arguments) == NOTHING
    assert await tools.search_knowledge(arguments) == NOTHING


async def test_the_dataset_is_told_of_as_in_the_prompt() -> None:
    tools = box()
    profile = await ScriptedBench().profile(ScriptedSandbox())
    assert await tools.inspect_dataset({"word": ""}) == profile
    assert await tools.inspect_dataset({"word": "no such word"}) == NOTHING


def test_the_web_is_offered_where_there_is_one() -> None:
    library = MemoryLibrary()
    assert "search_web" in {tool.name for tool in box(library=library).tools}
    library.searches_web = False
    tools = box(library=library).tools
    assert {tool.name for tool in tools} == {"search_knowledge", "inspect_dataset", "package_docs"}
    assert all(json.dumps(tool.parameters) and tool.description for tool in tools)


@pytest.mark.parametrize("name", ["", "os; import x", "../x", "a b", "__import__('os')", "x" + ".y" * 20])
async def test_what_is_no_dotted_name_is_not_looked_for(name: str) -> None:
    assert "is no dotted name" in await box().package_docs({"name": name})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("json.dumps", "json.dumps(obj, *, skipkeys=False"),
        ("json.JSONDecoder.decode", "json.JSONDecoder.decode(self, s"),
        ("json", "json\n\nJSON (JavaScript Object Notation)"),
        ("json.nothing", "json.nothing: module 'json' has no attribute 'nothing'"),
        ("no_such_package.f", "no_such_package.f: no such package or module is installed"),
    ],
)
def test_documentation_is_read_off_the_installed_package(name: str, words: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SOURCE, name, str(tmp_path)], check=True)
    assert (tmp_path / "docs.txt").read_text().startswith(words)
