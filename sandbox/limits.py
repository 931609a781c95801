"""What one run of a program may use."""

from dataclasses import asdict, dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    seconds: float = 300.0
    """Wall clock, from the start of the program."""
    memory_mb: int = 2048
    cpus: float = 2.0
    pids: int = 128
    """Processes and threads together."""
    output_mb: int = 64
    """All files that the program leaves behind, together."""
    files: int = 64
    """How many of its files are brought back."""
    stream_kb: int = 64
    """How much of the beginning, and again of the end, of stdout and of stderr is kept."""

    gpu: bool = False
    """One device, which no other program of ours has meanwhile."""
    gpu_memory_mb: int | None = None
    """Of that device; none: all that it has."""

    def as_json(self) -> dict[str, float | None]:
        return asdict(self)
