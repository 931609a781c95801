"""What a workspace may use, and whether it has."""

from dataclasses import asdict, dataclass

from app.keys.errors import KeyInvalid


@dataclass(frozen=True)
class Quota:
    """None: no limit; 0: nothing at all."""

    jobs_running: int | None = None
    """Jobs that wait for a worker or have one."""
    jobs_a_day: int | None = None
    tokens: int | None = None
    """A day, of all models, in and out."""
    usd: float | None = None
    """A day."""
    disk_mb: int | None = None
    """Of datasets that were uploaded, and of the text of documents that are kept."""

    def __post_init__(self) -> None:
        # So that NaN, which every comparison passes, is refused as well.
        if not all(limit is None or limit >= 0 for limit in asdict(self).values()):
            raise KeyInvalid("a quota is a number, 0 or more")

    def over(self, defaults: "Quota") -> "Quota":
        """With the defaults where nothing is said."""
        return Quota(**asdict(defaults) | {name: limit for name, limit in asdict(self).items() if limit is not None})


@dataclass(frozen=True)
class Use:
    """What a workspace has used: a day is the last 24 hours."""

    jobs_running: int = 0
    jobs_a_day: int = 0
    tokens: int = 0
    usd: float = 0.0
    bytes: int = 0


def exceeded(quota: Quota, use: Use) -> str | None:
    """Why one more job may not be handed in, if so: in one line."""
    lines = {
        "jobs_running": "{limit} jobs may run or wait at a time: try again when one has ended, or cancel one",
        "jobs_a_day": "{limit} jobs may be handed in within 24 hours: try again later",
        "tokens": "{limit} tokens may be used within 24 hours, and {used} are: try again later",
        "usd": "{limit} USD may be spent within 24 hours, and {used:.2f} are: try again later",
    }
    for name, line in lines.items():
        limit, used = getattr(quota, name), getattr(use, name)
        if limit is not None and used >= limit:
            return "quota: " + line.format(limit=limit, used=used)
    return None


def too_big(quota: Quota, use: Use, more: int) -> str | None:
    """Why `more` bytes may not be kept, if so: in one line."""
    if quota.disk_mb is None or use.bytes + more <= quota.disk_mb * 1_000_000:
        return None
    return (
        f"quota: {quota.disk_mb} MB of datasets and documents may be kept, {use.bytes / 1e6:.1f} MB are, and this has"
        f" {more / 1e6:.1f} MB: delete something first"
    )
