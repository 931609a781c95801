"""What a site asks of robots."""

from dataclasses import dataclass, field
from urllib.parse import urljoin

from protego import Protego

from app.pages.encoding import decode
from app.pages.errors import PageRefused
from app.pages.response import Ask

AGENT = "AutoIOT"
MOST_BYTES = 500_000


@dataclass(frozen=True)
class Robots:
    """Asks each site once."""

    ask: Ask
    rules: dict[str, Protego | None] = field(default_factory=dict[str, "Protego | None"])
    """By address of the robots.txt; none: the site cannot say, so nothing is taken from it."""

    async def refuse_unwanted(self, url: str) -> None:
        """Raises PageRefused."""
        place = urljoin(url, "/robots.txt")
        if place not in self.rules:
            self.rules[place] = await self._read(place)
        rules = self.rules[place]
        if rules is None:
            raise PageRefused(f"{url}: its robots.txt cannot be had, so nothing is fetched from there")
        if not rules.can_fetch(url, AGENT):
            raise PageRefused(f"{url}: its robots.txt does not want robots there")

    async def _read(self, place: str) -> Protego | None:
        try:
            answer = await self.ask(place, MOST_BYTES)
        except PageRefused:
            return None
        # As RFC 9309 has it: no file allows all, a server that fails allows nothing.
        if 400 <= answer.status < 500:
            return Protego.parse("")
        return Protego.parse(decode(answer.content)) if answer.status < 400 else None
