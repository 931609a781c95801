"""What can go wrong between this machine and a server, each with one line that a user can act on."""

from graph.errors import AutoiotError


class AddressInvalid(AutoiotError):
    """The address or the key of the server cannot be used."""


class NoServer(AutoiotError):
    """Nobody answers there."""


class NotAutoiot(AutoiotError):
    """Something answers, but it is no AutoIOT server."""


class Refused(AutoiotError):
    """The server's own word."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class BundleRefused(AutoiotError):
    """The result cannot be put where it should go."""


class FolderRefused(AutoiotError):
    """The dataset cannot be sent as it is."""
