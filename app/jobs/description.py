"""Where the dataset.yaml of a folder is."""

from pathlib import Path

from graph.errors import TaskInvalid


def find_description(dataset: Path, task_file: Path, given: Path | None) -> Path | None:
    """The dataset.yaml to use: the one given, the folder's own, or one beside the task file.

    A folder that cannot be written to is described by `<name of the folder>.dataset.yaml` beside the task.
    Raises TaskInvalid when the one given does not exist.
    """
    if given:
        if not given.is_file():
            raise TaskInvalid(f"--description {given}: no such file")
        return given.resolve()
    beside = task_file.parent / f"{dataset.resolve().name}.dataset.yaml"
    return own_description(dataset) or (beside.resolve() if beside.is_file() else None)


def own_description(dataset: Path) -> Path | None:
    own = dataset / "dataset.yaml"
    return own.resolve() if own.is_file() else None
