"""The port of a search engine."""

from dataclasses import asdict, dataclass
from typing import Protocol

from app.pages.document import Document
from graph.errors import RunFailed

MOST_CHARACTERS = 20_000
"""Of one page: what is about a term stands near its beginning."""


class SearchFailed(RunFailed):
    """An engine did not answer, or refused: the others go on. `status` is that of HTTP, where there was one."""

    def __init__(self, line: str, status: int | None = None) -> None:
        super().__init__(line)
        self.status = status


@dataclass(frozen=True)
class Result:
    title: str
    source: str
    text: str
    whole: bool = True
    """False for the few lines that an engine shows of a page: the page itself is to be fetched."""

    def as_json(self) -> dict[str, str | bool]:
        return asdict(self)


def shortened(document: Document) -> Result:
    return Result(document.title, document.source, document.text[:MOST_CHARACTERS])


class Engine(Protocol):
    @property
    def name(self) -> str: ...

    async def __call__(self, term: str) -> list[Result]:
        """The best first. `term` is a name, or `name: which meaning of it`.

        Raises SearchFailed with one line.
        """
        ...


def name_of(term: str) -> str:
    """For engines that want every word to be found, and not a description."""
    return term.partition(": ")[0].strip()
