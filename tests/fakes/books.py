"""An account book in memory: every call is paid once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from app.db.tables import CallRow
from app.providers.ledger import Key, Reply
from app.providers.source import Books


@dataclass
class Account:
    rows: dict[Key, CallRow] = field(default_factory=dict[Key, CallRow])
    told: list[str] = field(default_factory=list[str])

    @property
    def books(self) -> Books:
        return Books(self.once, self.told.append)

    async def once(self, key: Key, request: str, pay: Callable[[], Awaitable[Reply]]) -> CallRow:
        if key not in self.rows:
            reply = await pay()
            row = CallRow(kind=key.kind, node=key.node, item=key.item, request=request)
            row.reply, row.outside, row.status = reply.text, reply.outside, "finished"
            self.rows[key] = row
        return self.rows[key]
