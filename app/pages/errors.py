"""Why something could not be read."""

from graph.errors import RunFailed


class PageRefused(RunFailed):
    """It must not be fetched: its address, its size, its kind, or what its owner asks of robots."""


class PageUnreadable(RunFailed):
    """It was had, but is no document that we can read."""
