"""`autoiot doctor`."""

import platform
from importlib import metadata
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from app.providers.failures import without_secrets
from app.providers.model import OPENAI, open_chat_model
from app.settings import Settings, read_settings
from app.wiring import open_confinement
from graph.errors import AutoiotError
from sandbox.errors import SandboxError
from sandbox.registry import AUTO, BACKENDS

PACKAGES = ("autoiot", "langgraph", "langchain-openai", "wfdb", "scikit-learn")


def doctor(
    sandbox_only: Annotated[
        bool, typer.Option(help="Only say which sandbox would be used; exit code 2 if none.")
    ] = False,
) -> None:
    """Say what is installed here, which sandbox and which model would be used, and what to fix."""
    settings = read_settings()
    if sandbox_only:
        print(open_confinement(settings, AUTO).name)  # noqa: T201
        return
    console = Console(highlight=False)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    console.print(f"[green]ok[/green]   Python {platform.python_version()}; {versions}", soft_wrap=True)
    for name in BACKENDS[:-1]:
        console.print(sandbox_line(name, settings), soft_wrap=True)
    console.print(model_line(settings), soft_wrap=True)
    console.print(f"[green]ok[/green]   home: {escape(str(settings.home.resolve()))} (AUTOIOT_HOME)", soft_wrap=True)


def sandbox_line(name: str, settings: Settings) -> str:
    try:
        open_confinement(settings, name)
    except SandboxError as error:
        return f"[yellow]fix[/yellow]  sandbox {name}: {escape(str(error))}"
    return f"[green]ok[/green]   sandbox {name}"


def model_line(settings: Settings) -> str:
    try:
        open_chat_model(settings, settings.model)
    except AutoiotError as error:
        return f"[yellow]fix[/yellow]  model: {escape(str(error))}"
    with_key = "with a key" if settings.api_key else "without a key"
    server = without_secrets(settings.base_url or OPENAI)
    return f"[green]ok[/green]   model: {escape(settings.model)} at {escape(server)}, {with_key}"
