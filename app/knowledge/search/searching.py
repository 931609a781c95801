"""One term, asked of several engines side by side: what fails is told of, the rest goes on."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field, replace

from app.knowledge.search.engine import Engine, Result, shortened
from app.knowledge.search.folder import Folder
from app.knowledge.search.ranking import is_address, ranked
from app.pages.fetching import Fetcher
from app.providers.ledger import Key, Reply
from app.providers.live import Found
from app.providers.source import Books
from graph.errors import RunFailed


@dataclass(frozen=True)
class Searching:
    own: Folder | None = None
    """The documents of the task."""
    engines: tuple[Engine, ...] = ()
    fetcher: Fetcher = field(default_factory=Fetcher)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))
    """Of all pages at once."""
    turns: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict[str, asyncio.Lock](asyncio.Lock))
    """By address: two terms that lead to one page fetch it once."""

    async def __call__(self, term: str, books: Books) -> Found:
        own = await self.own(term, books.tell) if self.own else []
        found = await asyncio.gather(*(self._ask(engine, term, books) for engine in self.engines))
        best = ranked([*own, *(result for results in found for result in results)])
        whole = await asyncio.gather(*(self._whole(result, books) for result in best))
        return [{"title": r.title, "source": r.source, "text": r.text} for r in whole if r.text.strip()]

    async def _ask(self, engine: Engine, term: str, books: Books) -> list[Result]:
        async def pay() -> Reply:
            results = [result.as_json() for result in await engine(term)]
            return Reply(json.dumps(results, ensure_ascii=False), model=engine.name)

        try:
            row = await books.once(Key("search", "search", item=f"{engine.name}: {term}"), term, pay)
        except RunFailed as error:
            books.tell(f"{error}; looking {term.partition(': ')[0]!r} up goes on without it")
            return []
        return [Result(**result) for result in json.loads(row.reply)]

    async def _whole(self, result: Result, books: Books) -> Result:
        """The page behind the lines of it that an engine shows; those lines where it cannot be had."""
        if result.whole or not is_address(result.source):
            return result

        async def pay() -> Reply:
            page = shortened(await self.fetcher.document(result.source))
            return Reply(json.dumps(page.as_json(), ensure_ascii=False))

        try:
            async with self.turns[result.source], self.slots:
                row = await books.once(Key("fetch", "search", item=result.source), result.source, pay)
        except RunFailed as error:
            books.tell(str(error))
            return result
        page = Result(**json.loads(row.reply))
        return replace(page, title=page.title if page.title != page.source else result.title)
