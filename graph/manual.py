"""The user document that a model wrote: its sections, and the commands in it."""

import re
import shlex

from graph.errors import ReplyUnusable
from graph.parse import blocks
from graph.syntax import unix

SECTIONS = ("Introduction", "Getting started", "Explanation", "FAQ")
SHELL = ("sh", "bash", "shell", "console", "zsh")
INSTALL = re.compile(r"^(python3? -m venv \S+|(\S*/)?(pip|python3? -m pip) install -r requirements\.txt|mkdir \S+)$")
SHELL_SIGNS = re.compile(r"[;&|<>`$]")
"""What would make one line two commands, or write elsewhere, for a person who copies it."""
FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.MULTILINE)


def check_manual(reply: str) -> str:
    """The document, from its first section on."""
    reply = unix(reply)
    found = [re.search(rf"^##? +{name}\b", reply, re.MULTILINE | re.IGNORECASE) for name in SECTIONS]
    missing = [name for name, heading in zip(SECTIONS, found, strict=True) if heading is None]
    if missing:
        raise ReplyUnusable(f"the document lacks the section {missing[0]}: write it as `## {missing[0]}`")
    text = _closed(reply[min(heading.start() for heading in found if heading) :].strip()) + "\n"
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
            if not command or command.startswith("#"):
                continue
            if SHELL_SIGNS.search(command):
                raise ReplyUnusable(f"the command `{command}` is more than one plain command")
            if not INSTALL.match(command):
                commands[command] = _arguments(command)
    return list(commands.items())


def _closed(text: str) -> str:
    """Without the end of a fence around the whole document, whose start stood before the first section."""
    fences = FENCE.findall(text)
    last = text.splitlines()[-1]
    return text.removesuffix(last).rstrip() if len(fences) % 2 and last == fences[-1] else text


def _arguments(command: str) -> tuple[str, ...]:
    try:
        words = shlex.split(command, comments=True)
    except ValueError as error:
        raise ReplyUnusable(f"the command `{command}` cannot be read: {error}") from error
    if len(words) < 2 or not re.fullmatch(r"(\S*/)?python3?", words[0]) or words[1] != "program.py":
        raise ReplyUnusable(f"the command `{command}` is not one of those asked for")
    folders = {"data": "{input}", "results": "{output}"}
    return tuple(folders.get(word.rstrip("/"), word) for word in words[2:])
