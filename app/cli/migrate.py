"""`autoiot migrate`."""

import asyncio

from rich.console import Console

from app.db.address import shown
from app.settings import read_settings
from app.wiring import address, bring_up_to_date


def migrate() -> None:
    """Bring the database up to date and say its revision. Every command does so by itself; a deployment may first."""
    settings = read_settings()
    revision = asyncio.run(bring_up_to_date(settings))
    Console(highlight=False).print(f"{shown(address(settings))}: revision {revision}", soft_wrap=True, markup=False)
