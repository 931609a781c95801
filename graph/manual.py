"""The user document that a model wrote: its sections, and the commands in it."""

import re
import shlex

from graph.errors import ReplyUnusable
from graph.parse import blocks

SECTIONS = ("Introduction", "Getting started", "Explanation", "FAQ")
SHELL = ("sh", "bash", "shell", "console", "zsh")
INSTALL = re.compile(r"^(python3? -m venv \S+|(\S*/)?(pip|python3? -m pip) install -r requirements\.txt|mkdir \S+)$")


def check_manual(reply: str) -> str:
    """The document, from its first section on."""
    found = [re.search(rf"^##? +{name}\b.*$", reply, re.MULTILINE | re.IGNORECASE) for name in SECTIONS]
    missing = [name for name, heading in zip(SECTIONS, found, strict=True) if heading is None]
    if missing:
        raise ReplyUnusable(f"the document lacks the section {missing[0]}: write it as `## {missing[0]}`")
    text = reply[found[0].start() :].strip() + "\n" if found[0] else reply
    if not program_commands(text):
        raise ReplyUnusable("no ```sh block shows how to run program.py")
    return text


def program_commands(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Each command that runs the program, with its arguments as the sandbox takes them.

    Raises ReplyUnusable for a command that is neither that nor the installation.
    """
    commands: dict[str, tuple[str, ...]] = {}
    for block in blocks(text, *SHELL):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.strip().removeprefix("$ ").strip()
            if command and not command.startswith("#") and not INSTALL.match(command):
                commands[command] = _arguments(command)
    return list(commands.items())


def _arguments(command: str) -> tuple[str, ...]:
    try:
        words = shlex.split(command, comments=True)
    except ValueError as error:
        raise ReplyUnusable(f"the command `{command}` cannot be read: {error}") from error
    if len(words) < 2 or not re.fullmatch(r"(\S*/)?python3?", words[0]) or words[1] != "program.py":
        raise ReplyUnusable(f"the command `{command}` is not one of those asked for")
    folders = {"data": "{input}", "results": "{output}"}
    return tuple(folders.get(word.rstrip("/"), word) for word in words[2:])
