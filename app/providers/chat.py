"""The `Chat` port: every question goes through the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.db.tables import CallRow
from app.providers.ledger import Key, Ledger
from app.providers.request import to_messages, to_request
from app.providers.source import Source
from graph.errors import ReplyUnusable
from graph.ports import Call

T = TypeVar("T")
TRIES = 2


@dataclass(frozen=True)
class LedgeredChat:
    ledger: Ledger
    source: Source

    async def ask(self, call: Call, parse: Callable[[str], T]) -> T:
        key = Key("chat", call.node, call.iteration, call.item)
        complaint = ""
        for _ in range(TRIES):
            messages = to_messages(call.prompt, complaint)
            row = await self.ledger.once(key, to_request(messages), lambda m=messages: self.source.chat(key, m))
            try:
                return read(row, parse)
            except ReplyUnusable as error:
                complaint = str(error)
                await self.ledger.reject(row, complaint)
        raise ReplyUnusable(
            f"the model's answer to {call.node} {call.item}".rstrip()
            + f" is of no use, {TRIES} times: {complaint}. `autoiot resume` asks again"
        )


def read(row: CallRow, parse: Callable[[str], T]) -> T:
    if row.cut_off:
        raise ReplyUnusable("it was cut off at the token limit (AUTOIOT_MAX_OUTPUT_TOKENS sets ours)")
    return parse(row.reply)
