"""`autoiot images`."""

from typing import Annotated

import typer
from rich.console import Console

from sandbox.docker import connect
from sandbox.images import build as build_image

images = typer.Typer(help="The Docker image that programs run in.")


@images.callback()
def group() -> None:
    """The Docker image that programs run in."""


@images.command()
def build(
    base_image: Annotated[str | None, typer.Option(help="A Debian image with python3 and venv.")] = None,
    network: Annotated[str | None, typer.Option(help="Network mode while building, e.g. host.")] = None,
) -> None:
    """Build the image."""
    Console().print(build_image(connect(), base_image=base_image, network=network))
