"""`autoiot submit`."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from app.cli.findings import print_findings
from app.cli.lines import tell
from app.cli.remote.connect import command_line, connected
from app.cli.remote.order import Data, choose_data, task_body
from app.cli.remote.watch import watch_job
from app.client.errors import FolderRefused, Refused
from app.client.jobs import RemoteJobs
from app.client.pack import list_files, tar_gz
from app.jobs.description import find_description
from app.jobs.taskfile import read_task


def submit(
    ctx: typer.Context,
    task: Annotated[Path, typer.Argument(metavar="TASK", help="The task file (YAML).")],
    dataset: Annotated[
        str | None,
        typer.Option(metavar="FOLDER|NAME", help="A folder to send, or a dataset that the server has."),
    ] = None,
    dataset_name: Annotated[
        str | None,
        typer.Option(help="What the folder is called on the server; alone: the dataset that the server has."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Even if another upload has that name.")] = False,
    description: Annotated[Path | None, typer.Option(help="A dataset.yaml that lies elsewhere.")] = None,
    model: Annotated[str | None, typer.Option(help="Name of the chat model; before the task's own.")] = None,
    iterations: Annotated[int | None, typer.Option(min=0, max=200, help="Improvements to try.")] = None,
    sandbox: Annotated[Literal["auto", "docker", "bubblewrap"], typer.Option(help="What confines programs.")] = "auto",
    review: Annotated[bool, typer.Option("--review", help="Ask a person after each evaluation.")] = False,
    without_knowledge: Annotated[
        bool, typer.Option("--without-knowledge", help="Leave out the files that the task looks things up in.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Follow it to its end, as `autoiot watch` does.")] = False,
) -> None:
    """Hand TASK and its data to a server, and print the id of the job."""
    asked = read_task(task)
    if iterations is not None:
        asked = asked.model_copy(update={"iterations": iterations})
    body: dict[str, Any] = {"task": task_body(asked, task.parent, without_knowledge=without_knowledge)}
    data = choose_data(task, asked, dataset, dataset_name)
    with connected(ctx, patient=watch) as jobs:
        if data.folder:
            send(jobs, data, find_description(data.folder, task, description), replace=replace)
            check(jobs, data)
        body |= {"dataset": data.name, "sandbox": sandbox, "review": review}
        job = jobs.submit(body | ({"model": model} if model else {}))
        # Alone on stdout, for a script.
        print(job)  # noqa: T201
        if watch:
            raise typer.Exit(watch_job(ctx, jobs, job))
    tell(f"the job is queued; `{command_line(ctx, 'watch', job)}` follows it")


def send(jobs: RemoteJobs, data: Data, description: Path | None, *, replace: bool) -> None:
    """Raises FolderRefused where the server has a dataset of that name."""
    assert data.folder
    files = list_files(data.folder, description)
    if not replace and jobs.has_dataset(data.name):
        raise FolderRefused(
            f"the server has a dataset {data.name} already: `--dataset-name {data.name}` without --dataset uses it,"
            " another --dataset-name sends yours beside it, --replace sends it in its place"
        )
    size = sum(file.size for file in files) / 1e6
    tell(f"sending {data.folder} as {data.name}: {len(files)} files, {size:.1f} MB")
    jobs.upload(data.name, tar_gz(files))


def check(jobs: RemoteJobs, data: Data) -> None:
    """Of what was just sent; it is taken back where no job can use it. Raises FolderRefused."""
    found = jobs.check(data.name)
    print_findings(Console(stderr=True, highlight=False, emoji=False), found["problems"], found["notes"])
    if found["problems"]:
        raise FolderRefused(f"{data.folder}: no job can use it as it is; {taken_back(jobs, data)}")


def taken_back(jobs: RemoteJobs, data: Data) -> str:
    """What has become of it."""
    try:
        jobs.delete_dataset(data.name)
    except Refused as error:
        return f"{data.name} stays on the server ({error}); once it is mended send it with --replace"
    return "it was removed from the server again; once it is mended send it once more"
