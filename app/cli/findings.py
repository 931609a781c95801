"""What is wrong with a dataset, in the same words wherever it was looked at."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape


def print_findings(console: Console, problems: Iterable[str], notes: Iterable[str]) -> None:
    for problem in problems:
        console.print(f"[red]problem:[/red] {escape(problem)}", soft_wrap=True)
    for note in notes:
        console.print(f"[yellow]note:[/yellow] {escape(note)}", soft_wrap=True)
