"""The `Chat` port: every question goes through the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from langchain_core.messages import BaseMessage

from app.db.tables import CallRow
from app.providers.failures import ToolsRefused
from app.providers.ledger import Key, Ledger
from app.providers.request import complaint, to_messages, to_request
from app.providers.source import Source
from app.providers.tool_calls import answers, to_message, wanted_of
from graph.errors import ReplyUnusable
from graph.ports import Call, Tool

T = TypeVar("T")
TRIES = 2
TOOL_CALLS = 4
"""For one question."""


@dataclass
class Talk:
    """One question, with what was said about it since."""

    call: Call
    tools: Sequence[Tool]
    messages: list[BaseMessage]
    round: int = 0
    """How often the model has called tools."""
    left: int = TOOL_CALLS

    @property
    def key(self) -> Key:
        further = f"+{self.round}" if self.round else ""
        return Key("chat", self.call.node, self.call.iteration, f"{self.call.item}{further}")

    async def go_on(self, reply: str) -> None:
        """Have the tools called that the reply asks for."""
        wanted = wanted_of(reply)
        self.messages += [to_message(reply), *(await answers(wanted, self.tools, self.left))]
        self.left = max(0, self.left - len(wanted))
        self.round += 1


@dataclass(frozen=True)
class LedgeredChat:
    ledger: Ledger
    source: Source
    offers_tools: bool = True
    refused: list[str] = field(default_factory=list[str])
    """Filled once the model's server does not know tools: it is not asked for them again."""

    async def ask(self, call: Call, parse: Callable[[str], T], tools: Sequence[Tool] = ()) -> T:
        talk = Talk(call, tools if self.offers_tools else (), to_messages(call.prompt))
        problem = ""
        for _ in range(TRIES):
            row = await self._answered(talk)
            try:
                return read(row, parse)
            except ReplyUnusable as error:
                problem = str(error)
                await self.ledger.reject(row, problem)
                talk.messages.append(complaint(problem))
        raise ReplyUnusable(
            f"the model's answer to {call.node} {call.item}".rstrip()
            + f" is of no use, {TRIES} times: {problem}. `autoiot resume` asks again"
        )

    async def _answered(self, talk: Talk) -> CallRow:
        """The reply that is an answer, after those that call tools."""
        while True:
            row = await self._once(talk)
            if not wanted_of(row.reply):
                return row
            await talk.go_on(row.reply)

    async def _once(self, talk: Talk) -> CallRow:
        messages = list(talk.messages)
        request = to_request(messages)
        tools = talk.tools if talk.left and not self.refused else ()
        try:
            return await self.ledger.once(talk.key, request, lambda: self.source.chat(talk.key, messages, tools))
        except ToolsRefused as error:
            self.refused.append(str(error))
            return await self.ledger.once(talk.key, request, lambda: self.source.chat(talk.key, messages))


def read(row: CallRow, parse: Callable[[str], T]) -> T:
    if row.cut_off:
        raise ReplyUnusable("it was cut off at the token limit (AUTOIOT_MAX_OUTPUT_TOKENS sets ours)")
    return parse(row.reply)
