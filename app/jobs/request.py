"""What a person asked for, as it is kept: enough to go on with the run on another day."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph.task import Task


@dataclass(frozen=True)
class RunRequest:
    """All paths are absolute, so that a run can be resumed from another folder."""

    task: Task
    base: Path
    """The folder of the task file: what the task names lies relative to it."""
    dataset: Path
    description: Path | None
    model: str
    sandbox: str
    out: Path
    replay: Path | None = None
    record: Path | None = None
    asks_person: bool = False
    kept: tuple[str, ...] = ()
    """Those of the task's `knowledge` that are collections of the workspace."""

    def as_json(self) -> dict[str, Any]:
        plain = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        return plain | {"kept": list(self.kept), "task": self.task.model_dump(mode="json", exclude_unset=True)}

    @staticmethod
    def from_json(value: dict[str, Any]) -> "RunRequest":
        optional = {name: Path(value[name]) if value[name] else None for name in ("description", "replay", "record")}
        return RunRequest(
            task=Task.model_validate(value["task"]),
            base=Path(value["base"]),
            dataset=Path(value["dataset"]),
            model=value["model"],
            sandbox=value["sandbox"],
            out=Path(value["out"]),
            asks_person=value["asks_person"],
            kept=tuple(value.get("kept", ())),
            **optional,
        )
