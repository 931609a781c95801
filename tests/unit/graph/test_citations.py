import pytest
from fakes.chat import ScriptedChat
from small_world import World

from graph.archive import ancestry
from graph.citations import Cited, keep, refuse_unknown, sources, within
from graph.errors import ReplyUnusable
from graph.ports import Passage
from graph.values import Version


def passage(name: str, size: int = 10, source: str = "a.md", title: str = "A") -> Passage:
    return Passage(name, title, source, "x" * size)


def test_passages_go_into_a_prompt_whole_and_once_as_long_as_they_fit() -> None:
    given = [passage("1", 50), passage("1", 50), passage("2", 60), passage("3", 40)]
    assert [one.id for one in within(given, 100)] == ["1", "3"]


def test_what_was_never_shown_cannot_be_named() -> None:
    refuse_unknown(["a"], {"a": passage("a")}, "f")
    with pytest.raises(ReplyUnusable, match=r"^f rests on \[b\], and there is no such passage"):
        refuse_unknown(["a", "b"], {"a": passage("a")}, "f")


def test_sources_are_those_of_the_functions_and_of_the_versions_it_comes_from() -> None:
    context = World(ScriptedChat({})).context
    cited = {
        "load": keep(context, [passage("1", title="A: one"), passage("2", title="A: two")]),
        "find": keep(context, [passage("3"), passage("4", source="http://b", title="B")]),
        "version 2": keep(context, [passage("5", source="http://c", title="C")]),
        "version 3": keep(context, [passage("4", source="http://b", title="B")]),
    }
    assert sources(context, cited, [3, 1]) == [
        Cited("A", "a.md", ("load", "find")),
        Cited("B", "http://b", ("find", "version 3")),
    ]


def test_the_line_of_a_version_ends_at_the_first_program() -> None:
    versions = [Version(n, parent, "", "", "ok") for n, parent in ((1, None), (2, 1), (3, 1), (4, 3))]
    assert ancestry(versions, 4) == [4, 3, 1]
