"""What takes jobs from a queue and runs them."""

import contextlib
from typing import Protocol


class Worker(Protocol):
    def working(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Takes jobs until the end; what runs then goes back into the queue, after its step or in the midst of it."""
        ...
