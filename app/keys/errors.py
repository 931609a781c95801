"""What can go wrong with keys and quotas, each with one line that a user can act on."""

from graph.errors import AutoiotError


class KeyInvalid(AutoiotError):
    """A key cannot be made as it was asked for."""


class KeyUnknown(AutoiotError):
    """There is no such key."""


class LastAdminKey(AutoiotError):
    """It is the last key of an admin."""


class QuotaExceeded(AutoiotError):
    """The workspace has used up what it may."""
