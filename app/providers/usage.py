"""What the calls of a run came to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    calls: int
    input_tokens: int
    output_tokens: int
    bytes_sent: int
    bytes_received: int
    usd: float | None
