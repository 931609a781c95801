"""docs/graph.md shows the graph as it is built, and explains each of its nodes."""

import re
from pathlib import Path

from graph.build import build_graph

DOCUMENT = Path(__file__).parents[3] / "docs" / "graph.md"


def test_the_picture_is_the_graph():
    (picture,) = re.findall(r"```mermaid\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    drawn = build_graph().compile().get_graph().draw_mermaid()
    assert picture.strip() == drawn.strip(), f"put this into {DOCUMENT}:\n\n{drawn}"


def test_each_node_has_a_paragraph():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert re.findall(r"^\*\*(\w+)\*\*", text, re.MULTILINE) == list(build_graph().nodes)
