"""Why a dataset of a server is not there, not taken or not let go; what is wrong inside one is DatasetInvalid."""

from graph.errors import AutoiotError


class DatasetUnknown(AutoiotError):
    """There is no such dataset."""


class DatasetTaken(AutoiotError):
    """The dataset is in use, or its name is."""


class UploadTooLarge(AutoiotError):
    """The archive, or what is in it, is larger than allowed."""


class UploadBroken(AutoiotError):
    """The upload ended before its end."""


class DiskFull(AutoiotError):
    """The server's disk has no room for that: ask who runs it."""
