"""`autoiot fetch`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli.remote.connect import connected
from app.client.bundle import refuse_taken, save, unpack, workplace, write


def fetch(
    ctx: typer.Context,
    job: Annotated[str, typer.Argument(metavar="JOB", help="The job, as `autoiot list` names it.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="PLACE", help="The folder, or file, to make (default: ./JOB).")
    ] = None,
    as_zip: Annotated[bool, typer.Option("--zip", help="As one zip archive.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="In place of a result that lies there.")] = False,
) -> None:
    """Fetch the result of JOB from a server."""
    with connected(ctx) as jobs:
        # Refuses first what could not be the name of a file either.
        bundle = jobs.bundle(job)
        target = (to or Path(f"{job}.zip" if as_zip else job)).resolve()
        refuse_taken(target, replace=replace, is_zip=as_zip)
        if as_zip:
            with bundle as chunks:
                save(chunks, target)
        else:
            with workplace(target) as folder:
                archive = folder / "bundle.zip"
                with bundle as chunks:
                    write(chunks, archive)
                unpack(archive, target)
    Console(highlight=False, markup=False).print(f"The result is in {to or target.name}", soft_wrap=True)
