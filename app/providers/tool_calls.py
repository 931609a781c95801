"""A reply in which a model calls tools, as the text that the ledger keeps; and what it is told in return."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from graph.errors import RunFailed
from graph.ports import Tool
from sandbox.errors import SandboxError

MARK = "autoiot_tool_calls"
CHARACTERS = 4000
"""Of one answer of a tool."""


@dataclass(frozen=True)
class Wanted:
    """One call of a tool that a model asks for."""

    id: str
    name: str
    arguments: dict[str, Any] | None
    """None where they were no JSON object."""


def to_text(message: AIMessage) -> str:
    """The reply as it is kept."""
    wanted = [Wanted(str(call["id"]), call["name"], dict(call["args"])) for call in message.tool_calls]
    wanted += [Wanted(str(call["id"]), str(call["name"]), None) for call in message.invalid_tool_calls]
    return json.dumps({MARK: [asdict(one) for one in wanted], "text": message.text}, ensure_ascii=False)


def wanted_of(reply: str) -> list[Wanted]:
    """Empty for a reply that is an answer."""
    if not reply.startswith(f'{{"{MARK}"'):
        return []
    return [Wanted(**one) for one in json.loads(reply)[MARK]]


def to_message(reply: str) -> AIMessage:
    """The reply as the model's server has to get it back."""
    calls = [
        {"id": one.id, "name": one.name, "args": one.arguments or {}, "type": "tool_call"} for one in wanted_of(reply)
    ]
    return AIMessage(json.loads(reply)["text"], tool_calls=calls)  # pyright: ignore[reportArgumentType]


async def answers(wanted: Sequence[Wanted], tools: Sequence[Tool], left: int) -> list[BaseMessage]:
    """What each call gives, side by side; those beyond the `left` first are refused."""
    known = {tool.name: tool for tool in tools}
    # The same thing asked for twice at once is done once: it may be a call to the outside.
    different = {json.dumps([one.name, one.arguments], sort_keys=True): one for one in wanted[:left]}
    found = dict(zip(different, await asyncio.gather(*(answer(one, known) for one in different.values())), strict=True))
    texts = [found[json.dumps([one.name, one.arguments], sort_keys=True)] for one in wanted[:left]]
    texts += ["no call is left for this step: answer now"] * (len(wanted) - len(texts))
    return [
        ToolMessage(text[:CHARACTERS], tool_call_id=one.id, name=one.name)
        for one, text in zip(wanted, texts, strict=True)
    ]


async def answer(one: Wanted, known: dict[str, Tool]) -> str:
    tool = known.get(one.name)
    if tool is None:
        return f"there is no tool {one.name[:80]!r}: there are {', '.join(known)}"
    if one.arguments is None:
        return "the arguments are no JSON object"
    try:
        return await tool.call(one.arguments)
    except (RunFailed, SandboxError) as error:
        # The step can do without it.
        return f"it does not work now: {error}"


def to_specification(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}
