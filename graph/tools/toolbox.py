"""The tools of one step, and the passages that they have shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.citations import FEWER, within
from graph.context import Context
from graph.ports import Passage, Tool
from graph.tools.packages import package_docs

NOTHING = "nothing is found"


def text_of(description: str) -> dict[str, Any]:
    """The schema of one argument."""
    return {"type": "string", "description": description}


def schema(**arguments: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": arguments, "required": list(arguments), "additionalProperties": False}


@dataclass(frozen=True)
class Toolbox:
    context: Context
    documents: Sequence[str]
    shown: dict[str, Passage] = field(default_factory=dict[str, Passage])
    """By id: in the prompt, or by a tool. An answer may rest on these."""

    @property
    def tools(self) -> tuple[Tool, ...]:
        web = Tool(
            "search_web",
            "Look a technical term up on the web; gives passages with their ids.",
            schema(term=text_of("The term, and after a colon which meaning of it is wanted.")),
            self.search_web,
        )
        knowledge = Tool(
            "search_knowledge",
            "Find passages in what was looked up for this job and in the documents that it was given.",
            schema(query=text_of("A question, or some words.")),
            self.search_knowledge,
        )
        known = "knowledge" not in self.context.task.ablation
        return (
            *((web,) if known and self.context.library.searches_web else ()),
            *((knowledge,) if known else ()),
            Tool(
                "inspect_dataset",
                "The description of the data, or the lines of it that hold a word; no values.",
                schema(word=text_of("Such as a file's suffix or a column; empty for all.")),
                self.inspect_dataset,
            ),
            Tool(
                "package_docs",
                "Signature and documentation of a function or class of an installed package, in the very version.",
                schema(name=text_of("Dotted, such as scipy.signal.find_peaks.")),
                self.package_docs,
            ),
        )

    async def search_web(self, arguments: dict[str, Any]) -> str:
        term = " ".join(str(arguments.get("term", "")).split())[:200]
        hits = await self.context.library.search(term) if term else []
        return self._show(await self.context.library.passages([hit.reference for hit in hits], term) if hits else [])

    async def search_knowledge(self, arguments: dict[str, Any]) -> str:
        query = str(arguments.get("query", ""))[:2000]
        return self._show(await self.context.library.passages(list(self.documents), query) if query.strip() else [])

    async def inspect_dataset(self, arguments: dict[str, Any]) -> str:
        profile = await self.context.bench.profile(self.context.sandbox)
        word = str(arguments.get("word", "")).strip().lower()
        return "\n".join(line for line in profile.splitlines() if word in line.lower()) or NOTHING

    async def package_docs(self, arguments: dict[str, Any]) -> str:
        return await package_docs(self.context.sandbox, str(arguments.get("name", "")))

    def show(self, passages: Sequence[Passage]) -> list[Passage]:
        self.shown.update({passage.id: passage for passage in passages})
        return list(passages)

    def _show(self, passages: Sequence[Passage]) -> str:
        found = self.show(within(passages, FEWER))
        return "\n\n".join(f"[{one.id}] {one.title} ({one.source})\n{one.text}" for one in found) or NOTHING
