"""What the gate says no with."""


class Refused(Exception):
    """The request is none that a sandbox needs."""

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(f"refused by the gate: {reason}")
        self.status = status
