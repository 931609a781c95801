"""Why kept knowledge is not there, or not taken."""

from graph.errors import AutoiotError


class KnowledgeUnknown(AutoiotError):
    """There is no such collection or document."""


class KnowledgeInvalid(AutoiotError):
    """The name of a collection, or a document, cannot be taken as it is."""
