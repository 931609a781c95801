"""How many requests one key, or one address, may make a minute."""

import math
import time
from dataclasses import dataclass, field

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


@dataclass(frozen=True)
class RateLimit:
    """Counted in this process: several servers over one database each count for themselves."""

    a_minute: int
    """0: as many as they like."""
    # Not its asyncio twin: nothing waits here, and that one leaves tasks behind in the loop.
    _counter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))

    def wait(self, who: str) -> int:
        """Counts a request; 0, or the seconds until one more is allowed."""
        if not self.a_minute:
            return 0
        item = RateLimitItemPerMinute(self.a_minute)
        if self._counter.hit(item, who):
            return 0
        return max(1, math.ceil(self._counter.get_window_stats(item, who).reset_time - time.time()))
